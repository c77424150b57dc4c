"""Recording files that no test can use."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.model import Outcome, Status
from hapi_pytest.recordings import FILES, HTTP, Recordings, Slot, parsed


def leftovers(recordings: Recordings, projects: Iterable[str], outcomes: Sequence[Outcome]) -> list[Path]:
    """Return the files that no test can use, given one identity's outcomes of a whole run.

    They belong to no project or slot, or to a fork that its engagement did not need, or no transcript names them.
    """
    known = set(projects)
    scored = [outcome for outcome in outcomes if outcome.status is not Status.UNSCORED]
    used = {name for outcome in scored for name in outcome.recordings}
    # Later rounds are left to --rounds.
    due = {Slot(project=o.project, variant=o.variant, sample=o.sample, arm=o.arm) for o in scored}
    found = []
    for file in sorted(recordings.folder.glob("*/*/*.json")):
        project = f"{file.parent.parent.name}/{file.parent.name}"
        slot = parsed(project, file.name.removesuffix(HTTP).removesuffix(".json"))
        is_known = slot is not None and project in known and recordings.has(slot)
        is_needed = slot is None or slot not in due or f"{recordings.identity.folder}/{project}/{slot.name}" in used
        if not (is_known and is_needed):
            found.append(file)
    for project in sorted(known):
        files = sorted((recordings.folder / project / FILES).glob("*"))
        try:
            named = recordings.named_files(project)
        except StaleRecordingError:
            continue  # the broken transcript is an error of its own test
        found += [file for file in files if file not in named]
    return found
