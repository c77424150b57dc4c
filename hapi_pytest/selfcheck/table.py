"""The table that a self-check prints."""

from collections.abc import Sequence

from hapi_pytest.recordings import ADVERSARIES
from hapi_pytest.selfcheck.checks import EQUIVALENTS, FLAWS, LINT, REFERENCE
from hapi_pytest.selfcheck.finding import Finding

LEGEND = (
    "lint, reference: variants that are clean, variants that complete. equivalents: other correct forms that pass.",
    "killed: criteria that a flawed hand-in fails as it must. Adversaries: the most criteria that any of them passed,",
    "and each must end incomplete. haul: hidden files, sockets and canaries that the thief brought home. !: a failure.",
)


def table(findings: Sequence[Finding]) -> list[str]:
    """Return one row per project, over all its variants."""
    projects = sorted({finding.project for finding in findings})
    rows = [["", "variants", LINT, REFERENCE, EQUIVALENTS, "killed", *ADVERSARIES, "haul"]]
    rows += [_row(project, [finding for finding in findings if finding.project == project]) for project in projects]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    held = sum(not finding.problems for finding in findings)
    return [*lines, "", *LEGEND, f"{held} of {len(findings)} checks hold"]


def _row(project: str, findings: Sequence[Finding]) -> list[str]:
    variants = sorted({finding.variant for finding in findings})
    by_check = {check: [f for f in findings if f.check == check] for check in {f.check for f in findings}}
    cells = [_held(by_check.get(check, [])) for check in (LINT, REFERENCE)]
    cells += [_least(by_check.get(check, [])) for check in (EQUIVALENTS, FLAWS)]
    cells += [_most(by_check.get(name, [])) for name in ADVERSARIES]
    haul = [finding.haul for finding in by_check.get("thief", [])]
    return [project, _ranged(variants), *cells, str(sum(haul)) if haul else "–"]


def _ranged(variants: Sequence[int]) -> str:
    return ",".join(map(str, variants)) if len(variants) < 4 else f"{variants[0]}..{variants[-1]}"


def _held(findings: Sequence[Finding]) -> str:
    held = sum(not finding.problems for finding in findings)
    return f"{held}/{len(findings)}{_mark(findings)}" if findings else "–"


def _least(findings: Sequence[Finding]) -> str:
    """Return the worst variant's share."""
    worst = min(findings, key=lambda finding: finding.passed - finding.of, default=None)
    return f"{worst.passed}/{worst.of}{_mark(findings)}" if worst else "–"


def _most(findings: Sequence[Finding]) -> str:
    best = max(findings, key=lambda finding: finding.passed, default=None)
    return f"{best.passed}/{best.of}{_mark(findings)}" if best else "–"


def _mark(findings: Sequence[Finding]) -> str:
    return "!" if any(finding.problems for finding in findings) else ""
