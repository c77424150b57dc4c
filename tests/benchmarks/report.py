"""docs/performance.md: what was measured, beside what was aimed at."""

import datetime
import os
import platform
from collections.abc import Sequence
from typing import NamedTuple

PAGE = """\
# Performance

Written by `python -m tests.benchmarks` from the repository's root; it takes about twelve minutes. Nothing here is
asserted by the tests, and `pytest tests` does not collect these measurements. Times depend on the machine, so read the
ratios: whatever is compared runs in turns, {rounds} rounds after one that is not counted (ten times as many for imports
and starts), and each figure is a median. Measured on {date} with {cores} cores and {python} on {system};
load average at the start {load:.1f}.

| figure | ours | compared with | ratio | aim | met |
|---|---|---|---|---|---|
{table}

{verdict}

## What is compared

- **Replay** is the whole command for {projects} synthetic projects, three arms and two models: {tests} tests, each with
  one recorded attempt of eight turns of its own, the five checks of its rubric really run. `alone` fails its rubric and
  the two other arms pass theirs, so a third of the tests fail. With two workers a few `alone` attempts are replayed
  twice, because `retry` and `reviewed` can land on the other worker. One project is really recorded, through litellm
  from a scripted server, and its recordings are cloned under the other projects' names. An attempt is the
  harness's own system prompt and a brief, 5.5 KB together, and per turn 0.8 KB of tool-call arguments and 4 KB of tool
  output.
- **Bare pytest** is as many modules and parametrized tests with the same outcomes. Each test writes the three files of
  a hand-in; nothing is read, compared, checked or summed up. **On disk** both suites lie in the ordinary temporary
  folder, which is what the aim is about; how long a disk takes to create the floor's files varies severalfold between
  machines and runs, and replay creates none. **In memory** (/dev/shm) that advantage is gone, and what is left is
  pytest against replay's own work: reading, comparing and checking.
- **litellm under stock vcrpy** sends the same eight requests from a YAML cassette, {sample} attempts in all, scaled up
  to {tests}: one import of litellm and {tests} times the mean attempt. pytest's own time and the checks are not in it,
  which favours it. Matching the body compares what is sent with what was recorded, as fast replay does; playing in
  order compares nothing but the path.
- **Import** is `import hapi_pytest.plugin` in a fresh interpreter that has imported pytest; **start** is
  `pytest --collect-only` in an empty folder, with and without `-p hapi_pytest.plugin`. Both are
  processor time, and the ratio is of the whole to what it is without the plugin.
- **Sandboxed `true`** is `Sandbox.run` of it in an empty workspace, from the call to the answer, against
  `subprocess.run(["true"])`. Rungs and bare command take turns, and the first figure is the median of the differences.
- **Size** is the transcript and the compact cassette of one attempt against the YAML cassette of the same requests.
  The hand-in's files, which vcrpy does not keep, are not counted.
- **Checks** are those of the shipped projects, decided on the accepted hand-in, each figure the median of five rounds
  after one in which libraries are loaded. The first check that reads a file parses it for the others, and the first
  that asks for programs runs them all at once in one sandbox, which takes longer than 50 ms in any case. Grading is
  what one process waits for its grading process while it replays the shipped recordings.
- **Decisions** are made on synthetic results of that size, each figure the median of five after one that is not
  counted: `results.json` written, read and compared with the paired test and its verdict, the report written, and
  loaded in headless Chromium.
- **Killed runs** are made of copies of one small project against the stand-in: a process is killed with SIGKILL after a
  random number of requests, and the run goes on with `--resume`. What the stand-in was asked again was in flight.
- **Hostile files in a review** are asked of an app that has shown nothing yet, from the request to the whole answer;
  each figure is the median of five after one that is not counted.
- **Conversations** are {conversations} small projects that differ in their briefs and data, recorded all at once by
  `pytest --record missing --arm alone --concurrency {conversations}` from `hapi stand-in --latency 1`, which is a
  process of its own on the same cores. In each the stand-in takes six turns: it reads three attachments, the longest in
  two parts, writes and submits. The agent of the first row has tools for files only; the default agent also runs the
  stand-in's two scripts, and starting bash and Python as often on the same cores takes long even without the harness,
  without a sandbox and without a conversation: that is the time beside it. The time runs from the first request to the
  last reply by the stand-in's clock, so pytest's start, litellm's import and the last gradings are not in it. The
  attachments are plain text; an office file or pdf is read in a process of its own, which takes a quarter of a second
  of processor time more. Memory is that of pytest and all that it starts, added up five times a second; what processes
  share is counted once (PSS). It is the most of all rounds, and the processor's time is that of the whole command.
- **The harness's processor time** is what its process computes for one turn of a model that answers at once: {samples}
  attempts of eight turns taken from twice as many, so that imports and start fall out, each side in a process of its
  own after a round of warming up. A turn writes or reads a file of 4,000 characters, and the last one submits. Brief
  and system prompt are the same, but for a few lines on submitting that Inspect adds. **Ours** is the default agent
  within budget, retries and throttle, the tools in Python, the journal and the recording with the files that were
  handed in, one attempt after the other; nothing is graded. **inspect_ai** is its `react()` agent on `mockllm/model`,
  with two tools in Python that write and read in a temporary folder, token counts given so that it need not count, no
  scorer, no display, its samples side by side as it likes, and its `.eval` log without the copy for live viewing, which
  costs it more. **With litellm and cassettes** our model is behind litellm on a scripted server in another process, and
  the HTTP recording is written too.
"""


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    ours: str
    other: str
    ratio: str
    aim: str = "none"
    is_met: bool | None = None
    """None where there is no aim."""

    def __str__(self) -> str:
        met = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return f"| {self.figure} | {self.ours} | {self.other} | {self.ratio} | {self.aim} | {met} |"


def page(rows: Sequence[Row], load: float, **numbers: int) -> str:
    """Return the page."""
    missed = [row.figure for row in rows if row.is_met is False]
    return PAGE.format(
        date=datetime.datetime.now(datetime.UTC).date(),
        cores=os.cpu_count(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.system(),
        load=load,
        table="\n".join(map(str, rows)),
        verdict=f"Not met: {'; '.join(missed)}." if missed else "Every aim is met.",
        **{name: f"{number:,}" for name, number in numbers.items()},
    )
