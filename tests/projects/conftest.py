"""What the tests over all projects print at the end."""

import pytest

LEAKED = "share of the hunted gold values that recur between two variants"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much of what is to be found out two variants of a project have in common, at most."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    shares = {
        report.nodeid: float(str(value))
        for report in reports
        for name, value in report.user_properties
        if name == LEAKED
    }
    if shares:
        least, most = min(shares.values()), max(shares.values())
        test = max(shares, key=shares.__getitem__).partition("[")[2].rstrip("]")
        terminalreporter.line(f"{LEAKED}: {least:.1%} to {most:.1%} ({test}), of {len(shares)} projects")
