"""The checks of the suite itself, one project variant at a time."""

from collections.abc import Callable, Iterable, Mapping

from hapi_pytest.adversaries import CANARY, HAUL, MARKER
from hapi_pytest.deliverable import written
from hapi_pytest.engagement import Engagement, Result
from hapi_pytest.grader import Grader
from hapi_pytest.harness import Harness
from hapi_pytest.lint import lint
from hapi_pytest.model import Arm, Status, Verdict
from hapi_pytest.projects import Project
from hapi_pytest.recordings import ADVERSARIES, IDLE
from hapi_pytest.rubric import Rubric
from hapi_pytest.sandbox import temporary_folder
from hapi_pytest.selfcheck.finding import Finding
from hapi_pytest.selfcheck.shortfalls import Fix, Shortfalls
from hapi_pytest.workspace import Taken

LINT, REFERENCE, EQUIVALENTS, FLAWS = "lint", "reference", "equivalents", "flaws"
CHECKS = (LINT, REFERENCE, EQUIVALENTS, FLAWS, *ADVERSARIES)
SECOND_ARMS = {"paster": (Arm.ALONE, Arm.REVIEWED)}
"""Adversaries that work with what the client answers."""
MOST_SHOWN = 10
"""Finds of a thief that are told one by one."""
EXTRA_FILES = {"notes.txt": b"How I did it.\n", "drafts/first.csv": b"a,b\n1,2\n"}


class Selfcheck:
    """The checks of one project variant; `harness` makes the setting in which an adversary of that name works."""

    def __init__(
        self, project: Project, rubric: Rubric, variant: int, grader: Grader, harness: Callable[[str], Harness]
    ) -> None:
        self._project, self._rubric, self._number = project, rubric, variant
        self._variant = project.variant(variant)
        self._grader = grader
        self._harness = harness

    def finding(self, check: str) -> Finding:
        """Make one check; raises UnscoredError when it cannot be decided."""
        made = {LINT: self._lint, REFERENCE: self._reference, EQUIVALENTS: self._equivalents, FLAWS: self._flaws}
        return made[check]() if check in made else self._adversary(check)

    def _lint(self) -> Finding:
        problems = [str(problem.from_here()) for problem in lint(self._project.folder, (self._number,))]
        return self._finding(LINT, int(not problems), 1, problems)

    def _reference(self) -> Finding:
        files = self._project.reference(self._variant)
        verdict = self._verdict(files)
        tell = self._shortfalls(REFERENCE)
        problems = [
            tell.criterion(mark.criterion, f"the reference fails it: {mark.reason}", Fix.REFERENCE)
            for mark in verdict.failed
        ]
        problems += [
            tell.reference("def build(", f"the reference does not hand in {name}", Fix.NAMES)
            for name in self._project.settings.deliverables
            if name not in files
        ]
        return self._finding(REFERENCE, sum(verdict.results.values()), len(verdict.marks), problems)

    def _equivalents(self) -> Finding:
        names = self._project.equivalents
        forms = {f"the equivalent {name!r}": self._project.reference(self._variant, [name]) for name in names}
        if len(names) > 1:
            forms["all equivalents together"] = self._project.reference(self._variant, names)
        forms["the reference with extra files"] = {**EXTRA_FILES, **self._project.reference(self._variant)}
        verdicts = {form: self._verdict(files) for form, files in forms.items()}
        tell = self._shortfalls(EQUIVALENTS)
        problems = [
            tell.criterion(mark.criterion, f"{form} fails it: {mark.reason}", Fix.FORMS)
            for form, verdict in verdicts.items()
            for mark in verdict.failed
        ]
        accepted = sum(all(verdict.results.values()) for verdict in verdicts.values())
        return self._finding(EQUIVALENTS, accepted, len(forms), problems)

    def _flaws(self) -> Finding:
        tell = self._shortfalls(FLAWS)
        killed: list[str] = []
        failing: set[str] = set()
        problems: list[str] = []
        for flaw, named in self._project.flaws.items():
            verdict = self._verdict(self._project.reference(self._variant, [flaw]))
            failed = {mark.criterion: mark.reason for mark in verdict.failed}
            failing |= failed.keys() & set(named)
            killed += [flaw] if failed.keys() >= set(named) else []
            problems += [
                tell.criterion(criterion, f"passes in spite of the flaw {flaw!r}", Fix.BLIND_CHECK)
                for criterion in named
                if criterion not in failed
            ]
            problems += [
                tell.reference(
                    flaw, f"{criterion}: fails for the flaw {flaw!r}, which does not name it: {why}", Fix.FLAW
                )
                for criterion, why in failed.items()
                if criterion not in named
            ]
        if self._verdict(self._project.reference(self._variant, self._project.flaws)).is_complete:
            problems.append(tell.reference("FLAWS", "the reference with all flaws at once completes", Fix.ALL_FLAWS))
        problems += [
            tell.reference("FLAWS", f"{criterion.id}: no flawed deliverable fails it", Fix.MISSING_FLAW)
            for criterion in self._rubric.criteria
            if criterion.id not in failing
        ]
        return self._finding(FLAWS, len(killed), len(self._project.flaws), problems)

    def _adversary(self, name: str) -> Finding:
        harness = self._harness(name)
        engagement = Engagement(harness, self._project, self._rubric, self._number, 1)
        results = [engagement.result(arm) for arm in SECOND_ARMS.get(name, (Arm.ALONE,))]
        passed = max(sum(result.outcome.final.values()) for result in results)
        tell = self._shortfalls(name)
        problems = [line for result in results for line in _gains(tell, result)]
        if name == IDLE:
            problems += [
                tell.criterion(criterion, "passes with nothing handed in", Fix.IDLE)
                for criterion, is_passed in results[0].outcome.final.items()
                if is_passed
            ]
        if (marker := harness.run.folder / MARKER).exists():
            problems.append(tell.rubric(f"what it planted was run outside the sandbox: {marker}", Fix.PLANTED))
        haul = sorted({find for result in results for find in _haul(result.taken)})
        problems += [tell.rubric(f"got hold of what is hidden: {find}", Fix.HAUL) for find in haul[:MOST_SHOWN]]
        return self._finding(name, passed, len(self._rubric.criteria), problems, len(haul))

    def _shortfalls(self, check: str) -> Shortfalls:
        return Shortfalls(self._project, self._rubric, check)

    def _verdict(self, files: Mapping[str, bytes]) -> Verdict:
        with temporary_folder() as folder:
            taken = Taken(files=written(folder, files), refused={})
            return self._grader.grade(self._project, self._rubric, self._number, taken)[0]

    def _finding(self, check: str, passed: int, of: int, problems: Iterable[str], haul: int = 0) -> Finding:
        return Finding(
            project=self._project.id,
            variant=self._number,
            check=check,
            passed=passed,
            of=of,
            haul=haul,
            problems=tuple(problems),
        )


def _gains(tell: Shortfalls, result: Result) -> list[str]:
    """Return what is wrong with how an adversary ended."""
    outcome = result.outcome
    if outcome.status is Status.INCOMPLETE:
        return []
    is_completed = outcome.status is Status.COMPLETED
    message = f"ended {outcome.status} ({outcome.arm}), and must end incomplete\n{outcome.reason}".strip()
    return [tell.rubric(message, Fix.CHEAT if is_completed else Fix.UNSCORED)]


def _haul(taken: Taken | None) -> list[str]:
    """Return what a hand-in holds that it must not: canaries, and finds that the thief lists."""
    finds: list[str] = []
    for name, path in (taken.files if taken else {}).items():
        content = path.read_bytes()
        finds += [canary.decode() for canary in CANARY.findall(content)]
        if name == HAUL:
            finds += content.decode(errors="replace").splitlines()
    return finds
