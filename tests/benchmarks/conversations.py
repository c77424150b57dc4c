"""Many live conversations side by side: how long they take and how much memory, against a stand-in that is slow.

The aim is for what the harness does: an agent that reads and writes files. The default agent's two scripts each are
measured too, beside the same scripts by themselves, for Python's starts take longer than everything else.
`python -m tests.benchmarks.conversations` prints only that; COUNT and ROUNDS can be given.
"""

import concurrent.futures
import contextlib
import functools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hapi_pytest.projects import rubric_file
from hapi_pytest.recordings import DEFAULT
from hapi_pytest.task import SUBMITTED
from hapi_pytest.transcripts import decode
from tests.benchmarks.report import Row
from tests.benchmarks.synthetic import CONFTEST, PYPROJECT, text
from tests.benchmarks.timing import checked, in_turns, prepare_environment

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/plugin/suite/projects/writing/shop-notice"
STYLE_CHARS = 20_000
"""An attachment that is read in two parts; with it the stand-in takes six turns."""
CONVERSATIONS = 64
TURNS = 6
LATENCY_SECONDS = 1.0
AIM_RATIO = 1.15
AIM_MEGABYTES = 600
SAMPLE_SECONDS = 0.2
FILES_ONLY = "files_only:Agent"
AGENT = """\
class Agent:
    def run(self, task):
        while not task.is_submitted:
            for call in task.ask()["tool_calls"]:
                if call["function"]["name"] == "run":
                    answer = {"role": "tool", "tool_call_id": call["id"], "content": "There is no shell."}
                    task.messages.append(answer)
                else:
                    task.use(call)
"""
PYTHON = "from pathlib import Path; print(*sorted(Path().rglob('*')))"
SCRIPTS = (("bash", "-c", "ls | LC_ALL=C sort"), (sys.executable, "-c", PYTHON))
"""Such as the stand-in has the default agent run in each conversation."""
HAPI = (sys.executable, "-c", "from hapi_pytest.cli import main; main()")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    """One run of all conversations."""

    seconds: float
    """From the first request to the last reply, by the stand-in's clock."""
    megabytes: float
    """The most that pytest and what it started had at once."""
    cpu: float
    """Processor time of pytest and what it started, from start to end."""
    service_cpu: float
    """Processor time of the stand-in."""
    complaints: tuple[str, ...]
    """What is not as it should be about requests and recordings."""


def write_suite(root: Path, count: int) -> None:
    """Write so many small projects, each with its own number in the brief and data of its own."""
    root.mkdir()
    (root / "conftest.py").write_text(CONFTEST)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "files_only.py").write_text(AGENT)
    for number in range(count):
        folder = root / "projects/writing" / f"order-{number:02}"
        shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / rubric_file(SMALL).name).rename(rubric_file(folder))
        (folder / "inputs").mkdir()
        (folder / "inputs/style.md").write_text(text(STYLE_CHARS, "style"))
        brief = folder / "brief.md"
        brief.write_text(f"{brief.read_text()}\nOur number for this order is {number:02}.\n")


@contextlib.contextmanager
def service(projects: Path) -> Iterator[tuple[str, int]]:
    """Run the stand-in as a process of its own; yields its address and its process id."""
    command = [*HAPI, "stand-in", "--port", "0", "--latency", str(LATENCY_SECONDS), "--projects", str(projects)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            told = re.search(r"http://\S+(?=/v1)", process.stdout.readline())
            if not told:
                raise RuntimeError("the stand-in does not say where it listens")
            yield told[0], process.pid
        finally:
            process.terminate()


class Memory:
    """The most memory that a process and all below it had at once, looked at every fifth of a second.

    What processes share is counted once, by proportion (PSS), and wholly where the kernel tells no proportions.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most = 0
        """Bytes."""

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            self.most = max(self.most, sum(map(held, tree(self._pid))))


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    below: list[int] = []
    with contextlib.suppress(OSError):  # it has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            below += map(int, (task / "children").read_text().split())
    return [pid, *(found for child in below for found in tree(child))]


def held(pid: int) -> int:
    """Return the bytes that a process holds; 0 when it has ended."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    return 0


def processor_seconds(pid: int) -> float:
    """Return the processor time of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def run(suite: Path, agent: str) -> Measured:
    """Record the whole suite, at once and anew."""
    for made in ("cassettes", ".hapi"):
        shutil.rmtree(suite / made, ignore_errors=True)
    count = len(list(suite.glob("projects/*/*")))
    options = ["--model", "stand-in", "--agent", agent, "--arm", "alone", "--record", "missing"]
    options += ["--concurrency", str(count)]
    with service(suite / "projects") as (url, pid), tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "--base-url", f"{url}/v1"]
        process = subprocess.Popen(command, cwd=suite, stdout=said, stderr=subprocess.STDOUT)
        with Memory(process.pid if agent == DEFAULT else 0) as memory:  # looking takes time itself
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            said.seek(0)
            raise RuntimeError(f"pytest ended with {process.returncode}\n{said.read()[-4000:]}")
        with urllib.request.urlopen(f"{url}/requests") as answer:
            counts = json.load(answer)
        return Measured(
            seconds=counts["last_seconds"] - counts["first_seconds"],
            megabytes=memory.most / 1e6,
            cpu=used.ru_utime + used.ru_stime,
            service_cpu=processor_seconds(pid),
            complaints=tuple(complaints(suite, counts, count)),
        )


def complaints(suite: Path, counts: dict[str, Any], count: int) -> Iterator[str]:
    """Say what is wrong with the recordings, and with what the stand-in counted."""
    expected = {"requests": count * TURNS, "answered": count * TURNS, "repeated": 0}
    for name, number in expected.items():
        if counts[name] != number:
            yield f"{name}: {counts[name]}, not {number}"
    files = sorted(suite.glob("cassettes/*/*/*/v0-alone.json"))
    if len(files) != count:
        yield f"{len(files)} recordings, not {count}"
    for file in files:
        transcript = decode(file.read_bytes(), str(file))
        cassette = json.loads(file.with_suffix(".http.json").read_bytes())
        if (len(transcript.turns), transcript.ended, len(cassette["interactions"])) != (TURNS, SUBMITTED, TURNS):
            yield f"{transcript.header.recording}: {len(transcript.turns)} turns, {transcript.ended}"


def scripts_alone(folder: Path, count: int) -> float:
    """Return the seconds that the scripts of so many conversations take by themselves, as many at once as cores."""
    started = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as cores:
        list(cores.map(lambda script: checked(script, folder), SCRIPTS * count))
    return time.perf_counter() - started


def rows(rounds: int, count: int = CONVERSATIONS) -> list[Row]:
    """Run all conversations several times, without and with scripts."""
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        prepare_environment(Path(name, "compiled"))
        suite = Path(name, "suite")
        write_suite(suite, count)
        runs = in_turns(rounds, {agent: functools.partial(run, suite, agent) for agent in (FILES_ONLY, DEFAULT)})
        floor = in_turns(rounds, {"": functools.partial(scripts_alone, suite / "projects", count)})[""]
    ideal = TURNS * LATENCY_SECONDS
    parts = ("seconds", "cpu", "service_cpu")
    seconds, cpu, service_cpu = (statistics.median(getattr(run, part) for run in runs[FILES_ONLY]) for part in parts)
    with_scripts = statistics.median(run.seconds for run in runs[DEFAULT])
    every = [*runs[FILES_ONLY], *runs[DEFAULT]]
    megabytes = max(run.megabytes for run in every)
    wrong = [complaint for run in every for complaint in run.complaints]
    what = f"{count} conversations of {TURNS} turns at once"
    return [
        Row(
            f"{what}, {LATENCY_SECONDS:g} s a reply",
            f"{seconds:.2f} s (processor {cpu:.1f} s, start included)",
            f"waiting alone {ideal:g} s (stand-in's processor {service_cpu:.1f} s)",
            f"{seconds / ideal:.2f}",
            f"at most {AIM_RATIO}",
            seconds / ideal <= AIM_RATIO,
        ),
        Row(
            f"{what}, two scripts in each",
            f"{with_scripts:.2f} s",
            f"waiting {ideal:g} s, and the scripts by themselves {statistics.median(floor):.2f} s",
            f"{with_scripts / ideal:.2f}",
            "none",
            None,
        ),
        Row(
            f"{what}, most memory of pytest and what it starts",
            f"{megabytes:.0f} MB",
            "",
            "",
            f"under {AIM_MEGABYTES} MB",
            megabytes < AIM_MEGABYTES,
        ),
        Row(
            f"{what}, requests lost or doubled, recordings incomplete",
            "; ".join(wrong[:3]) or "none",
            "",
            "",
            "none",
            not wrong,
        ),
    ]


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    print(*rows(given[1] if len(given) > 1 else 1, given[0] if given else CONVERSATIONS), sep="\n")
