"""Synthetic client projects with real recordings, and the bare-pytest floor that they are compared with."""

import random
import shutil
import sys
from pathlib import Path

import msgspec

from hapi_pytest.model import Arm
from hapi_pytest.projects import CATEGORIES, load
from hapi_pytest.recordings import FILES, Identity, Recordings, Slot
from hapi_pytest.testing import Script, ScriptedModel
from tests.benchmarks.timing import checked

MODELS = ("openai/bench-a", "openai/bench-b")
PROJECTS = 322
TESTS = PROJECTS * len(MODELS) * len(Arm)
FIRST = Slot(project=f"{CATEGORIES[0]}/job-000")
"""The attempt that is really recorded, with its forks; the other projects' recordings are clones of it."""

CONFTEST = 'pytest_plugins = ["hapi_pytest.plugin"]\n'
PYPROJECT = """\
[tool.pytest.ini_options]
testpaths = ["projects"]
addopts = ["--import-mode=importlib", "--strict-markers", "--strict-config", "-p", "no:cacheprovider"]
filterwarnings = ["error"]
"""
SETTINGS = """\
title = "Put our stock list in order"
category = "{category}"
price_usd = 40
skills = ["Data entry"]
deliverables = ["report.md", "table.csv", "total.txt"]
posted = 2026-11-01
canary = "hapi-pytest canary 2f0c0b5e-7a43-4d0e-9b4e-5f0d6d1c9a77"
provenance = "Synthetic, for the benchmarks of hapi-pytest."
"""
BRIEF = """\
Send back table.csv with the forty largest items of the attached list, sorted by amount, and total.txt with nothing
but the sum of all amounts. Add report.md, which opens with the house rules that are attached. Use no other columns.

"""
FEEDBACK = """\
reviewer = "Synthetic"
minutes = 5
recorded = 2026-11-02
recorded_on = "nothing"
is_authored = true

[notes]
forty-lines = "Lines are missing in table.csv."
sorted-by-amount = "table.csv is out of order."
total-is-right = "The figure in total.txt does not follow from the lines of table.csv."
opens-with-the-rules = "The rules do not stand at the top of report.md."
no-other-columns = "Nobody asked for more columns."
"""
INPUTS = '''\
"""The stock list."""

from hapi_pytest import Draw, Inputs


def build(draw: Draw) -> Inputs:
    """Build the list; it is the same for every project, so that one recording fits all of them."""
    rows = [(f"item-{number:03}", number * 7919 % 100003) for number in range(300)]
    table = "item,amount\\n" + "".join(f"{item},{amount}\\n" for item, amount in rows)
    return Inputs(files={"items.csv": table}, given={}, gold={"total": sum(amount for _, amount in rows)})
'''
RUBRIC = '''\
"""Rubric: the stock list."""

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.critical("Forty items have a line", brief="the forty largest items")
def forty_lines(deliverable):
    assert len(deliverable.csv("table.csv")) == 40


@rubric.important("Lines are sorted by amount", brief="sorted by amount")
def sorted_by_amount(deliverable):
    amounts = [int(amount) for amount in deliverable.csv("table.csv").column("amount")]
    assert amounts == sorted(amounts, reverse=True)


@rubric.critical("The total is right", brief="the sum of all amounts")
def total_is_right(deliverable, facts):
    assert deliverable.text("total.txt").strip() == str(facts.total)


@rubric.important("The report opens with the rules", brief="opens with the house rules")
def opens_with_the_rules(deliverable):
    assert deliverable.text("report.md").startswith("House rules")


@rubric.pitfall("There are no other columns", brief="Use no other columns")
def no_other_columns(deliverable):
    assert deliverable.text("table.csv").startswith("item,amount\\n")


def test_{name}(engagement):
    engagement.assert_complete()
'''
FLOOR_CONFTEST = '''\
"""Writes what an attempt hands in, and nothing else."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = {path.name: path.read_bytes() for path in sorted((HERE / "hand-in").iterdir())}


@pytest.fixture
def hand_in(request):
    folder = HERE / "out" / request.path.stem / request.node.name.replace("/", "--")
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
'''
FLOOR_TEST = '''\
"""The floor: as many tests, with the same outcomes."""

import pytest


@pytest.mark.parametrize("arm", {arms})
@pytest.mark.parametrize("model", {models})
def test_{name}(hand_in, model, arm):
    if arm == "alone":
        pytest.fail("incomplete: 1 of 5 criteria not met\\n  critical: The total is right", pytrace=False)
'''


def projects() -> list[str]:
    """Return the ids of the synthetic projects, spread over the categories."""
    return [f"{CATEGORIES[number % len(CATEGORIES)]}/job-{number:03}" for number in range(PROJECTS)]


def text(size: int, seed: str) -> str:
    """Return prose-like text in lines, of `size` characters."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("aeioulnrstdmkb", k=draw.randint(2, 9))) for _ in range(size // 4)]
    lines = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    return "\n".join(lines)[:size]


def script() -> Script:
    """Return the model's replies: eight turns alone with a wrong total, then eight that mend it.

    Each turn but the last calls a tool with 0.8 KB of arguments, and the tool shows 4 KB.
    """
    table = "(echo item,amount; sed 1d inputs/items.csv | sort -t, -k2nr | head -n 40) > deliverable/table.csv"
    total = "awk -F, 'NR > 1 {{ s += $2 }} END {{ print s{} }}' inputs/items.csv > deliverable/total.txt"
    work = ("inputs/rules.md", "<(rev inputs/rules.md)", "inputs/items.csv", "<(tac inputs/items.csv)")
    shows = [*work, "<(nl inputs/rules.md)", "<(nl inputs/items.csv)", "<(sort inputs/items.csv)"]
    does = ["", "", "cp inputs/rules.md deliverable/report.md", "", table, total.format(" + 1"), ""]
    mends = ["", "", "", "", "", total.format(""), ""]
    replies: list[list[tuple[str, dict[str, str]]]] = []
    for part in (does, mends):
        for command, shown in zip(part, shows, strict=True):
            lines = f"export LC_ALL=C\n{command}\nhead -c 4000 {shown}\n"
            comment = "# " + text(760 - len(lines), f"{len(replies)}").replace("\n", "\n# ")
            replies.append([("run", {"script": lines + comment})])
        replies.append([("submit", {"note": "The table is sorted and the total stands below it."})])
    return replies


def write_suite(root: Path) -> None:
    """Write the client projects, without recordings."""
    root.mkdir()
    (root / "conftest.py").write_text(CONFTEST)
    (root / "pyproject.toml").write_text(PYPROJECT)
    for project in projects():
        folder = root / "projects" / project
        (folder / "inputs").mkdir(parents=True)
        name = folder.name.replace("-", "_")
        (folder / "project.toml").write_text(SETTINGS.format(category=folder.parent.name))
        (folder / "brief.md").write_text(BRIEF + text(4200 - len(BRIEF), "brief") + "\n")
        (folder / "feedback.toml").write_text(FEEDBACK)
        (folder / "inputs.py").write_text(INPUTS)
        (folder / "inputs/rules.md").write_text("House rules\n" + text(4000, "rules") + "\n")
        (folder / f"test_{name}.py").write_text(RUBRIC.format(name=name))


def record(root: Path) -> None:
    """Record one project of the suite in all arms, through litellm from a scripted server, and clone it."""
    with ScriptedModel(script()) as model:
        models = [word for name in MODELS for word in ("--model", name)]
        options = ["--base-url", model.url, "--record", "missing", "--sandbox", "none", f"projects/{FIRST.project}"]
        unpriced = [word for name in MODELS for word in ("--allow-unpriced", name)]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *models, *unpriced, *options]
        checked(command, root, codes=(1,))
        for name in MODELS:
            recorded = Recordings(root / "recorded", Identity(model=name, base_url=model.url))
            recorded.folder.parent.mkdir(exist_ok=True)
            shutil.move(root / "cassettes" / recorded.folder.name, recorded.folder)
            for project in projects():
                clone(recorded, Recordings(root / "cassettes", Identity(model=name)), root / "projects" / project)
    shutil.rmtree(root / "cassettes" / recorded.folder.name, ignore_errors=True)
    shutil.rmtree(root / "recorded")


def clone(recorded: Recordings, target: Recordings, folder: Path) -> None:
    """Write the recordings of another project: the same turns under a header of its own."""
    project = load(folder)
    shutil.copytree(recorded.folder / FIRST.project / FILES, target.folder / project.id / FILES)
    parent = ""
    for arm in Arm:
        source = msgspec.structs.replace(FIRST, arm=arm)
        slot = msgspec.structs.replace(source, project=project.id)
        transcript, _ = recorded.read(source)
        if len(transcript.turns) != 8:
            raise RuntimeError(f"{slot}: {len(transcript.turns)} turns were recorded, not 8")
        header = msgspec.structs.replace(
            transcript.header, recording=str(slot), base_url="", attachments=project.variant(0).digests, parent=parent
        )
        clone = msgspec.structs.replace(transcript, header=header)
        digest = target.write(slot, clone, recorded.http_file(source).read_bytes())
        parent = parent or digest


def write_floor(root: Path, suite: Path) -> None:
    """Write the floor: the same number of modules and tests, which write what an attempt hands in."""
    (root / "hand-in").mkdir(parents=True)
    (root / "conftest.py").write_text(FLOOR_CONFTEST)
    (root / "pyproject.toml").write_text(PYPROJECT)
    recordings = Recordings(suite / "cassettes", Identity(model=MODELS[0]))
    transcript, _ = recordings.read(FIRST)
    for name, path in recordings.stored(FIRST, transcript.deliverable).items():
        shutil.copy(path, root / "hand-in" / name)
    for project in projects():
        folder = root / "projects" / project
        folder.mkdir(parents=True)
        name = folder.name.replace("-", "_")
        test = FLOOR_TEST.format(name=name, arms=[str(arm) for arm in Arm], models=list(MODELS))
        (folder / f"test_{name}.py").write_text(test)
