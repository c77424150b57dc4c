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
    found = []
    for file in sorted(recordings.folder.glob("*/*/*.json")):
        project = f"{file.parent.parent.name}/{file.parent.name}"
        slot = parsed(project, file.name.removesuffix(HTTP).removesuffix(".json"))
        if slot is None or project not in known or not recordings.has(slot) or _is_needless(slot, recordings, outcomes):
            found.append(file)
    for project in sorted(known):
        files = sorted((recordings.folder / project / FILES).glob("*"))
        try:
            named = recordings.named_files(project)
        except StaleRecordingError:
            continue  # the broken transcript is an error of its own test
        found += [file for file in files if file not in named]
    return found


def _is_needless(slot: Slot, recordings: Recordings, outcomes: Sequence[Outcome]) -> bool:
    """Tell whether the engagement's test ran and did without this recording; later rounds are left to --rounds."""
    name = f"{recordings.identity.folder}/{slot.project}/{slot.name}"
    return slot.round == 1 and any(
        (o.project, o.variant, o.sample, o.arm) == (slot.project, slot.variant, slot.sample, slot.arm)
        and o.status is not Status.UNSCORED
        and name not in o.recordings
        for o in outcomes
    )
