"""Measures everything and writes docs/performance.md."""

import argparse
import functools
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.recordings import Identity, Recordings
from tests.benchmarks import checks, conversations, decisions, harness_cpu, killed, reviewed, sandboxed, synthetic
from tests.benchmarks.report import Row, page
from tests.benchmarks.timing import Cost, checked, cost, in_turns, median, prepare_environment

ROOT = Path(__file__).parents[2]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
MEMORY = Path("/dev/shm")
MODELS = tuple(word for name in synthetic.MODELS for word in ("--model", name))
SAMPLE = 20
"""Attempts under stock vcrpy per round."""
TIMED = "import time\n{}\nstarted = time.process_time()\n{}\nprint(time.process_time() - started)"


def replayed(folder: Path, made: str, *arguments: str) -> Cost:
    """Run a synthetic suite, without what its last run made."""
    shutil.rmtree(folder / made, ignore_errors=True)
    return cost([*PYTEST, *arguments], folder, codes=(1,))


def against_stock(suite: Path, rounds: int) -> list[Row]:
    """Compare fast replay in one process with litellm under stock vcrpy."""
    stock: list[dict] = []

    def through_litellm() -> Cost:
        measured = checked([sys.executable, "-m", "tests.benchmarks.stock", str(suite), str(SAMPLE)], ROOT)
        stock.append(json.loads(measured))
        return Cost(0, 0)

    ours = functools.partial(replayed, suite, ".hapi", "-n", "0", *MODELS)
    costs = in_turns(rounds, {"ours": ours, "stock": through_litellm})
    return [stock_row(name, median(costs["ours"]).wall, stock[1:]) for name in ("body", "order")]


def against_floor(suite: Path, floor: Path, rounds: int, where: str, has_aim: bool) -> list[Row]:
    """Compare fast replay with bare pytest, in one process and with two workers."""
    runs = {}
    for workers in ("0", "2"):
        runs[f"ours {workers}"] = functools.partial(replayed, suite, ".hapi", "-n", workers, *MODELS)
        runs[f"floor {workers}"] = functools.partial(replayed, floor, "out", "-n", workers)
    costs = in_turns(rounds, runs)
    rows = []
    for workers, how in (("0", "one process"), ("2", "two workers")):
        ours, base = median(costs[f"ours {workers}"]), median(costs[f"floor {workers}"])
        ratio = statistics.median(
            a.wall / b.wall for a, b in zip(costs[f"ours {workers}"], costs[f"floor {workers}"], strict=True)
        )
        rows.append(
            Row(
                f"fast replay of {synthetic.TESTS:,} attempts, {where}, {how}",
                f"{ours.wall:.1f} s (processor {ours.cpu:.1f} s)",
                f"bare pytest {base.wall:.1f} s (processor {base.cpu:.1f} s)",
                f"{ratio:.2f} (processor {ours.cpu / base.cpu:.2f})",
                *(("at most 1.5", ratio <= 1.5) if has_aim else ()),
            )
        )
    return rows


def stock_row(matching: str, ours: float, stock: Sequence[dict]) -> Row:
    """Scale the sample under stock vcrpy up to as many attempts as the suite has."""
    attempts = [seconds for measured in stock for seconds in measured[matching]]
    total = statistics.median(m["import"] for m in stock) + statistics.mean(attempts) * synthetic.TESTS
    how = {"body": "body matched", "order": "played in order"}[matching]
    return Row(
        f"fast replay of {synthetic.TESTS:,} attempts, one process",
        f"{ours:.1f} s",
        f"litellm under stock vcrpy, {how}: {total:.0f} s",
        f"{total / ours:.1f} times faster",
        *(("at least 15", total / ours >= 15) if matching == "body" else ()),
    )


def imports(empty: Path, rounds: int) -> list[Row]:
    """Measure what loading the plugin adds to a start of pytest, in processor time."""

    def seconds(code: str) -> float:
        return float(checked([sys.executable, "-c", code], empty))

    def start(*arguments: str) -> float:
        return cost([*PYTEST, "--collect-only", *arguments], empty, codes=(5,)).cpu

    measured = in_turns(
        rounds,
        {
            "pytest": lambda: seconds(TIMED.format("", "import pytest")),
            "plugin": lambda: seconds(TIMED.format("import pytest", "import hapi_pytest.plugin")),
            "bare": start,
            "loaded": lambda: start("-p", "hapi_pytest.plugin"),
        },
    )
    medians = {name: statistics.median(values) * 1000 for name, values in measured.items()}
    pairs = zip(measured["loaded"], measured["bare"], strict=True)
    more = statistics.median(loaded - bare for loaded, bare in pairs) * 1000
    return [
        added("import of the plugin", medians["plugin"], "import of pytest", medians["pytest"]),
        added("start with the plugin", more, "start of pytest", medians["bare"]),
    ]


def added(figure: str, milliseconds: float, other: str, base: float) -> Row:
    """Return the row of what the plugin adds to something."""
    ratio = f"{(base + milliseconds) / base:.2f}"
    return Row(figure, f"{milliseconds:+.0f} ms", f"{other} {base:.0f} ms", ratio, "under 50 ms", milliseconds < 50)


def size(suite: Path) -> Row:
    """Compare what one attempt takes on the disk."""
    recordings = Recordings(suite / "cassettes", Identity(model=synthetic.MODELS[0]))
    files = recordings.transcript_file(synthetic.FIRST), recordings.http_file(synthetic.FIRST)
    ours = sum(file.stat().st_size for file in files)
    stock = json.loads(checked([sys.executable, "-m", "tests.benchmarks.stock", str(suite), "0"], ROOT))["bytes"]
    return Row(
        "recording of one attempt",
        f"{ours / 1000:.0f} KB",
        f"stock vcrpy {stock / 1000:.0f} KB",
        f"{ours / stock:.3f}",
        "at most 0.25",
        ours / stock <= 0.25,
    )


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of replay; imports take ten times as many")
    parser.add_argument("--output", type=Path, default=ROOT / "docs/performance.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows, others = [], []
    for where, place in (("on disk", None), ("in memory", MEMORY)):
        if place and not place.is_dir():
            continue
        with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-", dir=place) as name:
            folder = Path(name)
            prepare_environment(folder / "compiled")
            suite, floor, empty = folder / "suite", folder / "floor", folder / "empty"
            empty.mkdir()
            synthetic.write_suite(suite)
            synthetic.record(suite)
            synthetic.write_floor(floor, suite)
            rows += against_floor(suite, floor, options.rounds, where, has_aim=place is None)
            if place is None:
                others = [*against_stock(suite, options.rounds), *imports(empty, 10 * options.rounds), size(suite)]
    rows += [*others, *checks.rows(), *sandboxed.rows(), *decisions.rows()]
    rows += [*conversations.rows(options.rounds), *harness_cpu.rows(options.rounds), *killed.rows(), *reviewed.rows()]
    text = page(
        rows,
        load,
        rounds=options.rounds,
        projects=synthetic.PROJECTS,
        tests=synthetic.TESTS,
        sample=SAMPLE * options.rounds,
        conversations=conversations.CONVERSATIONS,
        samples=harness_cpu.SAMPLES,
    )
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
