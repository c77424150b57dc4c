"""Hostile hand-ins, made by an agent through its own tools: all end incomplete, and nothing else is harmed."""

import os
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.plugin.conftest import TWO_WORKERS

HERE = Path(__file__).parent
SLOW = "import hapi_pytest.grader\n\nhapi_pytest.grader.CHECK_SECONDS = 4.0\n"
SECRET = "the secret is 7c1f0a"
AGENT = """\
import re

ATTACKS = {attacks!r}


class Hostile:
    def run(self, task):
        attack = re.search(r"Order: (\\w+)", task.messages[-1]["content"])[1]
        task.call("run", script="cp inputs/* deliverable/")
        task.call("run", script=ATTACKS[attack], language="python")
        task.call("submit")
"""
IN_DELIVERABLE = "import os; os.chdir('deliverable')\n"
BOMB = """
import zipfile
kept = {{i.filename: zipfile.ZipFile('{name}').read(i) for i in zipfile.ZipFile('{name}').infolist()}}
with zipfile.ZipFile('{name}', 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    for part, content in kept.items():
        if part != '{part}':
            archive.writestr(part, content)
    with archive.open('{part}', 'w') as file:
        file.write(kept['{part}'][:-20])
        for _ in range(300):
            file.write(bytes(1 << 20).replace(b'\\0', b' '))
"""
FORKER = """\
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        while True:
            for name in ("stdout", "result.txt", "verdict.json", "reward.txt"):
                open(name, "w").write("42\\\\n")
            time.sleep(0.01)
    os._exit(0)
print("MARK")
"""
VERDICTS = """\
import os
for folder in (".", "..", "/tmp", os.path.expanduser("~"), "/workspace"):
    for name in ("reward.txt", "reward.json", "verdict.json", "result.json", "results.json", "junit.xml", "run.json",
                 "journal-main.jsonl", "conftest.py", "pytest.ini", "outcome.json", "stdout", "score.txt"):
        try:
            open(os.path.join(folder, name), "w").write('{"passed": true, "reward": 1}')
        except OSError:
            pass
"""
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)

ATTACKS = {
    "none": ("pass", "", ""),
    "link": ("os.remove('notice.txt'); os.symlink(SECRET, 'notice.txt')", "reads-the-notice", "notice.txt"),
    "pipe": ("os.remove('notice.txt'); os.mkfifo('notice.txt')", "reads-the-notice", "notice.txt"),
    "sparse": ("os.truncate('notice.txt', 1 << 30)", "reads-the-notice", "notice.txt"),
    "many": ("[open(f'a{n}', 'w').close() for n in range(100_000)]", "reads-the-notice", "notice.txt"),
    "sheet": (BOMB.format(name="book.xlsx", part="xl/worksheets/sheet1.xml"), "reads-the-book", "book.xlsx"),
    "letter": (BOMB.format(name="letter.docx", part="word/document.xml"), "reads-the-letter", "letter.docx"),
    "laughs": (f"open('plan.svg', 'w').write({LAUGHS + ']><svg>&j;</svg>'!r})", "reads-the-plan", "plan.svg"),
    "spin": ("open('count.txt', 'w').write('0')", "counts-down", "count.txt"),
    "forker": (f"open('run.py', 'w').write({FORKER!r})", "runs-the-program", "run.py"),
    "verdicts": (f"open('run.py', 'w').write({VERDICTS!r})", "runs-the-program", "run.py"),
    "slow": ("open('run.py', 'w').write('while True: pass')", "runs-the-program", "run.py"),
}
"""Script in the folder of deliverables, the criterion that must fail, and the file that the reason must name."""


@pytest.fixture
def hostile_suite(bare_suite, tmp_path):
    """The small suite with one project per attack beside its own."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    scripts = {name: f"SECRET = {str(secret)!r}\n{IN_DELIVERABLE}{script}" for name, (script, _, _) in ATTACKS.items()}
    (bare_suite.root / "hostile.py").write_text(AGENT.format(attacks=scripts))
    with (bare_suite.root / "conftest.py").open("a") as conftest:
        conftest.write(SLOW)
    for name in ATTACKS:
        folder = bare_suite.root / "projects/web-mobile-software" / f"attack-{name}"
        shutil.copytree(HERE / "hostile", folder)
        (folder / "test_attack.py").rename(folder / f"test_attack_{name}.py")
        brief = folder / "brief.md"
        brief.write_text(brief.read_text().replace("ORDER", name))
    return bare_suite


def test_hostile_hand_ins_end_incomplete_and_harm_nobody(hostile_suite):
    options = ("--agent", "hostile:Hostile", "--record", "missing", "--arm", "alone", "-k", "attack")
    done = hostile_suite.run(*TWO_WORKERS, *options, "--junitxml", "j.xml")
    outcomes = {test.split()[0].removeprefix("attack-"): o for test, o in hostile_suite.outcomes().items()}
    assert {name: o["status"] for name, o in outcomes.items()} == {
        name: "completed" if name == "none" else "incomplete" for name in ATTACKS
    }, done.stdout
    cases = ET.parse(hostile_suite.root / "j.xml").iter("testcase")
    reasons = {case.get("classname").split("test_attack_")[-1]: "".join(case.itertext()) for case in cases}
    for name, (_, criterion, file) in ATTACKS.items():
        failed = {key for key, passed in outcomes[name]["final"].items() if not passed}
        if name == "none":
            assert failed == set()
            continue
        assert criterion in failed and (len(failed) == 1 or name == "many"), (name, failed)
        told = reasons[name].split(f"({criterion})\n")[1].split("\n  critical: ")[0]
        assert file in told, (name, told)
    assert SECRET not in done.stdout
    assert done.returncode == 1
    assert f"{len(ATTACKS) - 1} failed, 1 passed" in done.stdout
    assert "MARK" not in _processes()
    again = hostile_suite.hapi("regrade", "latest")
    assert f"{len(ATTACKS)} of {len(ATTACKS)} verdicts are the same" in again.stdout, again.stdout


def _processes() -> str:
    """Return every command line on this host that comes from a sandboxed program."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"run.py" in command and int(process.name) != os.getpid():
            found.append("MARK")
    return " ".join(found)
