"""Results made by hand, a run that somebody hostile has worked in, and the browser that looks at its report."""

import io
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import pytest

from hapi_pytest import report
from hapi_pytest.model import Arm, Importance, Limits, Outcome, Status, Usage
from hapi_pytest.recordings import Identity, Recordings, Slot
from hapi_pytest.results import CriterionFacts, ProjectFacts, Results
from hapi_pytest.runs import About, Run
from hapi_pytest.transcripts import Header, Transcript, Turn

ORDER = (Importance.CRITICAL, Importance.IMPORTANT, Importance.PITFALL, Importance.OPTIONAL)
PROJECT = "writing/page"
EVIL = (
    "<script>parent.hacked = hacked = 1</script><img src=x onerror='hacked = 1'><a href='javascript:hacked = 1'>go</a>"
)
PAGE = f"""<!doctype html><html><head><base href="http://evil.example/">
<meta http-equiv="refresh" content="0;url=/gone">
<link rel="preconnect" href="http://evil.example"><link rel="stylesheet" href="http://evil.example/s.css">
<style>@import "http://evil.example/i.css"; body {{ background: url(http://evil.example/b.png) }}</style></head>
<body onload="hacked = 1"><h1>Procedure</h1>{EVIL}<a href="http://evil.example/" target="_top">leave</a>
<a href="http://evil.example/self">here</a><a href="http://evil.example/new" target="_blank" ping="http://evil.example/p">new</a>
<form action="http://evil.example/"><button formaction="http://evil.example/f">send</button></form>
<svg><a xlink:href="javascript:hacked = 1"><text>t</text></a><animate onbegin="hacked = 1"/></svg>
<iframe src="http://evil.example/"></iframe><p style="background: u\\rl(http://evil.example/c.png)">last</p></body></html>"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c63f8ffffff7f0009fb03fd05"
    "43454d0000000049454e44ae426082"
)  # fmt: skip


def facts(count: int, text: str = "Criterion {} holds as the brief says", **rest) -> ProjectFacts:
    criteria = {f"criterion-{n:02}": CriterionFacts(text.format(n), ORDER[n % 4]) for n in range(count)}
    plain = {"title": "A project", "price_usd": 50.0, "digest": "d", "rubric": "r"}
    return ProjectFacts(criteria=criteria, **{**plain, **rest})


def outcome(project: str, arm: Arm, marks: str, alone: str = "", **rest) -> Outcome:
    """Return an outcome; of the marks, a capital is passed."""
    final, before = (
        {f"criterion-{n:02}": mark.isupper() for n, mark in enumerate(text)} for text in (marks, alone or marks)
    )
    status = Status.COMPLETED if marks.isupper() else Status.INCOMPLETE
    plain = {"model": "m", "agent": "default", "variant": 0, "sample": 1, "price_usd": 50.0, "status": status}
    return Outcome(project=project, arm=arm, final=final, alone=before, **{**plain, **rest})


def results(outcomes: list[Outcome], projects: Mapping[str, ProjectFacts] | None = None, **rest) -> Results:
    criteria = max((len(o.final) for o in outcomes), default=1)
    plain = {"suite": "1", "run": "r", "at": "2026-11-23T01:02:03+00:00", "is_cut": False, "options": {}}
    return Results(
        outcomes=tuple(outcomes),
        projects=projects or {o.project: facts(criteria) for o in outcomes},
        **{"collected": len(outcomes), **plain, **rest},
    )


def workbook() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Customer <b>", EVIL])
    book.active.append([1, 2])
    book.save(stream)
    return stream.getvalue()


FILES = {
    "answer.html": PAGE.encode(),
    "table.csv": f'name,formula\n"{EVIL.replace(chr(34), "")}","=HYPERLINK(""http://evil.example"",""x"")"\n'.encode(),
    "book.xlsx": workbook(),
    "drawing.svg": f"<svg xmlns='http://www.w3.org/2000/svg' onload='hacked = 1'>{EVIL}</svg>".encode(),
    "pixel.png": PIXEL,
    "no.png": b"this is no image",
    f"{EVIL[:40].replace('/', '')}.txt": f"text {EVIL}".encode(),
    "binary.bin": bytes(range(256)),
}


class Recorded:
    """A run in a folder, with recordings of its own."""

    def __init__(self, root: Path) -> None:
        told = {"root": str(root), "projects": "projects", "cassettes": "cassettes", "sandbox": "none"}
        run = Run(root, "20260101T000000-1", about=About(options={}, arguments=(), **told))
        run.begin()
        self.folder = run.folder
        self.recordings = Recordings(root / "cassettes", Identity(model="m"))
        self.digests: list[str] = []

    def record(self, arm: Arm, messages: list[dict], files: Mapping[str, bytes]) -> None:
        slot = Slot(project=PROJECT, arm=arm)
        header = Header(recording=str(slot), model="m", agent="default", attachments={}, tools={}, limits=Limits())
        call = {
            "id": "1",
            "type": "function",
            "function": {"name": f"run{EVIL}", "arguments": f'{{"a": "{EVIL[:30]}"}}'},
        }
        reply = {"role": "assistant", "content": f"I did. {EVIL}", "tool_calls": [call]}
        transcript = Transcript(
            header=header,
            origin="service",
            turns=[Turn(messages=messages, reply=reply, usage=Usage())],
            tail=[{"role": "tool", "tool_call_id": "1", "content": f"out {EVIL}" + 9_000 * "x"}],
            ended="submitted",
            deliverable={name: self.recordings.store(slot, name, content) for name, content in files.items()},
        )
        self.digests.append(self.recordings.write(slot, transcript, b""))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, Results]:
    """A run whose texts and files all try to script the page."""
    recorded = Recorded(tmp_path_factory.mktemp("hostile"))
    recorded.record(Arm.ALONE, [{"role": "user", "content": f"The brief {EVIL}"}], FILES)
    later = FILES | {"table.csv": b"name,formula\nmended,1\n"}
    recorded.record(Arm.REVIEWED, [{"role": "user", "content": f"Not met: {EVIL}"}], later)
    names = [f"m/{PROJECT}/v0-alone", f"m/{PROJECT}/v0-reviewed"]
    told = {"handed_in": "x", "reasons": {"criterion-01": f"because {EVIL}"}}
    outcomes = [
        outcome(PROJECT, Arm.ALONE, "Abcd", recordings=(*names[:1],), transcripts=(recorded.digests[0],), **told),
        outcome(
            PROJECT, Arm.REVIEWED, "ABcD", "Abcd", recordings=(*names,), transcripts=(*recorded.digests,),
            is_forked=True, **told,
        ),
    ]  # fmt: skip
    return recorded, results(outcomes, {PROJECT: facts(4, f"{{}} {EVIL}", title=f"Title {EVIL}")}, run=f"r{EVIL}")


@pytest.fixture(scope="session")
def hostile_page(hostile: tuple[Recorded, Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    recorded, found = hostile
    return report.write(found, recorded.folder, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Headless Chromium; where there is none, a skip, which is a failure in CI."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("there is no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        # Chromium's own sandbox refuses to start as root.
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        found = driver.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()
