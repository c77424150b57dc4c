"""What a self-check prints: a table, and what does not hold."""

from collections.abc import Iterator, Sequence

from hapi_pytest.recordings import ADVERSARIES
from hapi_pytest.selfcheck.checks import EQUIVALENTS, FLAWS, LINT, REFERENCE
from hapi_pytest.selfcheck.finding import Finding

HEADER = ["", "variant", "lint", "reference", "equivalents", "flaws killed", "adversaries", "nearest", "haul"]
LEGEND = (
    "reference: criteria that it passes. equivalents: other correct forms that pass. flaws killed: flawed hand-ins",
    "that fail what they must. adversaries: cheats that end incomplete; nearest: which of them passes most criteria.",
    "haul: hidden files, sockets and canaries that the thief brought home. !: something does not hold.",
)


def table(findings: Sequence[Finding], undecided: int = 0) -> list[str]:
    """Return a row for each project and variant, and how many checks hold; `undecided` ones came to no finding."""
    cases = sorted({(finding.project, finding.variant) for finding in findings})
    rows = [HEADER]
    for project, number in cases:
        found = {one.check: one for one in findings if (one.project, one.variant) == (project, number)}
        rows.append([project, str(number), *_cells(found)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    held = sum(not finding.problems for finding in findings)
    return [*lines, "", *LEGEND, f"{held} of {len(findings) + undecided} checks hold"]


def listed(findings: Sequence[Finding]) -> list[str]:
    """Return everything that does not hold, with the variants in which it does not."""
    variants: dict[str, list[int]] = {}
    for finding in sorted(findings, key=lambda one: (one.project, one.variant)):
        for problem in finding.problems:
            variants.setdefault(problem, []).append(finding.variant)
    return [
        f"{problem}\n    in: variant{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
        for problem, numbers in variants.items()
    ]


def _cells(found: dict[str, Finding]) -> Iterator[str]:
    lint = found.get(LINT)
    yield "–" if lint is None else f"{len(lint.problems)}!" if lint.problems else "clean"
    yield from (_share(found.get(check)) for check in (REFERENCE, EQUIVALENTS, FLAWS))
    cheats = [found[name] for name in ADVERSARIES if name in found]
    held = sum(not cheat.problems for cheat in cheats)
    nearest = max(cheats, key=lambda cheat: cheat.passed, default=None)
    yield f"{held}/{len(cheats)}{'!' * (held < len(cheats))}" if cheats else "–"
    yield f"{nearest.check} {nearest.passed}/{nearest.of}" if nearest else "–"
    yield str(found["thief"].haul) if "thief" in found else "–"


def _share(finding: Finding | None) -> str:
    return f"{finding.passed}/{finding.of}{'!' * bool(finding.problems)}" if finding else "–"
