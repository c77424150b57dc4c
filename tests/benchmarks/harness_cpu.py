"""What the harness itself computes for each turn of a model, beside what inspect_ai computes for the same turn.

`python -m tests.benchmarks.harness_cpu` prints only that. With a side's name it measures that side alone, in a process
of its own, and prints the seconds of processor time per turn as JSON.
"""

import functools
import gc
import importlib.metadata
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hapi_pytest.agents import DefaultAgent
from hapi_pytest.attempts import Attempts
from hapi_pytest.harness import Harness
from hapi_pytest.llm import Reply
from hapi_pytest.model import Usage
from hapi_pytest.projects import load
from hapi_pytest.prompts import brief_message, system_prompt
from hapi_pytest.recordings import Identity, Slot
from hapi_pytest.runs import Run
from hapi_pytest.testing import Script, ScriptedModel
from tests.benchmarks.report import Row
from tests.benchmarks.synthetic import text
from tests.benchmarks.timing import checked, in_turns, prepare_environment

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests/plugin/suite/projects/writing/shop-notice"
PACKAGE = "inspect_ai"
TURNS = 8
FILE_CHARS = 4_000
SAMPLES = 50
"""Attempts of the smaller of two measurements; the larger has twice as many, and their difference counts."""
INPUT_TOKENS, OUTPUT_TOKENS = 4_000, 1_000


@functools.cache
def script() -> Script:
    """Return the replies of one attempt: files are written and read in turns, and then handed in."""
    calls: list[tuple[str, dict[str, Any]]] = []
    for number in range(TURNS - 1):
        path = f"deliverable/part-{number // 2}.md"
        content = text(FILE_CHARS, path)
        calls.append(
            ("read_file", {"path": path}) if number % 2 else ("write_file", {"path": path, "content": content})
        )
    return [[call] for call in (*calls, ("submit", {"note": "Done."}))]


def brief() -> str:
    """Return what the client says, the same to both sides."""
    project = load(PROJECT)
    return brief_message(project, project.variant(0))


class Scripted:
    """The script as a model within the process."""

    provider = "in-process"

    def complete(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> Reply:
        turn = sum(message["role"] == "assistant" for message in messages)
        ((name, arguments),) = script()[turn]
        function = {"name": name, "arguments": json.dumps(arguments)}
        call = {"id": f"call_{turn}", "type": "function", "function": function}
        return Reply(
            message={"role": "assistant", "content": None, "tool_calls": [call]},
            usage=Usage(input_tokens=INPUT_TOKENS, output_tokens=OUTPUT_TOKENS),
            finish="tool_calls",
        )


class ScriptedHarness(Harness):
    """A harness whose model answers within the process."""

    def live_model(self) -> Any:
        return Scripted()


class Unused:
    """Grades nothing: no turn is a grader's."""

    def grade(self, *_: object) -> Any:
        raise AssertionError("an attempt by itself is not graded")


def attempts(kind: type[Harness], folder: Path, count: int, **connection: Any) -> None:
    """Make and record so many attempts of ours."""
    run = Run(folder, "run")
    harness = kind(
        agent=DefaultAgent(),
        recordings=folder / "cassettes",
        projects=PROJECT.parents[1],
        run=run,
        grader=Unused(),
        record="missing",
        sandbox="none",
        **connection,
    )
    project = load(PROJECT)
    made = Attempts(harness, project, project.variant(0))
    for sample in range(1, count + 1):
        submission = made.perform(Slot(project=project.id, sample=sample), brief(), None)
        assert submission.transcript
        assert len(submission.transcript.turns) == TURNS, submission.transcript.ended
    harness.close()
    run.close()


def ours(folder: Path, count: int) -> None:
    """Make attempts on the scripted model."""
    attempts(ScriptedHarness, folder, count, identity=Identity(model="gpt-5"))


def over_http(url: str, folder: Path, count: int) -> None:
    """Make attempts through litellm, with cassettes."""
    identity = Identity(model="openai/gpt-5", base_url=url)
    attempts(Harness, folder, count, identity=identity, address=url)


def inspect_ai(folder: Path, count: int, **options: Any) -> None:
    """Run as many samples of an Inspect task: its ReAct agent, tools in Python, and its log file."""
    from inspect_ai import Task, eval
    from inspect_ai.agent import AgentPrompt, as_solver, react
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.solver import solver
    from inspect_ai.tool import tool

    def reply(messages: Sequence[Any], *_: object) -> ModelOutput:
        ((name, arguments),) = script()[sum(message.role == "assistant" for message in messages)]
        if name == "submit":
            arguments = {"answer": arguments["note"]}
        made = ModelOutput.for_tool_call("mockllm/model", name, dict(arguments))
        made.usage = ModelUsage(
            input_tokens=INPUT_TOKENS, output_tokens=OUTPUT_TOKENS, total_tokens=INPUT_TOKENS + OUTPUT_TOKENS
        )
        return made

    @tool
    def write_file(root: Path) -> Any:
        async def execute(path: str, content: str) -> str:
            """Write a text file into your workspace, replacing what was there.

            Args:
                path: Where to write.
                content: The whole text.
            """
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
            return f"wrote {len(content)} characters to {path}"

        return execute

    @tool
    def read_file(root: Path) -> Any:
        async def execute(path: str) -> str:
            """Read a text file of your workspace.

            Args:
                path: What to read.
            """
            return (root / path).read_text()

        return execute

    @solver
    def freelancer() -> Any:
        async def solve(state: Any, generate: Any) -> Any:
            with tempfile.TemporaryDirectory() as name:
                root = Path(name)
                prompt = AgentPrompt(instructions=system_prompt((), ()))
                return await as_solver(react(prompt=prompt, tools=[write_file(root), read_file(root)]))(state, generate)

        return solve

    samples = [Sample(id=number, input=brief()) for number in range(1, count + 1)]
    model = get_model("mockllm/model", custom_outputs=reply, memoize=False)
    (log,) = eval(
        Task(dataset=samples, solver=freelancer()), model=model, log_dir=str(folder), display="none", **options
    )
    assert log.status == "success", log.error
    assert log.stats.model_usage["mockllm/model"].output_tokens == OUTPUT_TOKENS * TURNS * count


def per_turn(work: Callable[[Path, int], None], count: int) -> float:
    """Return the seconds of processor time that a turn takes, without what does not grow with their number."""
    work_on(work, count)
    smaller, larger = work_on(work, count), work_on(work, 2 * count)
    return (larger - smaller) / (count * TURNS)


def work_on(work: Callable[[Path, int], None], count: int) -> float:
    """Return the processor time of this process for so many attempts."""
    gc.collect()
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        started = time.process_time()
        work(Path(name), count)
        return time.process_time() - started


def measured(side: str, count: int) -> float:
    """Return what a side takes per turn; its model's server, if it has one, is another process."""
    if side == "ours":
        return per_turn(ours, count)
    if side == PACKAGE:
        return per_turn(functools.partial(inspect_ai, log_realtime=False), count)
    command = [sys.executable, "-m", "tests.benchmarks.harness_cpu", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        return per_turn(functools.partial(over_http, server.stdout.readline().strip()), count)


def serve() -> None:
    """Serve the script over HTTP until standard input ends."""
    with ScriptedModel(script()) as model:
        print(model.url, flush=True)
        sys.stdin.read()


def milliseconds(side: str) -> float:
    """Measure a side in a process of its own."""
    return json.loads(checked([sys.executable, "-m", "tests.benchmarks.harness_cpu", side, str(SAMPLES)], ROOT)) * 1000


def rows(rounds: int) -> list[Row]:
    """Measure all sides in turns; without inspect_ai only ours."""
    sides = ["ours", "litellm", *([PACKAGE] if importlib.util.find_spec(PACKAGE) else [])]
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        prepare_environment(Path(name, "compiled"))
        taken = in_turns(rounds, {side: functools.partial(milliseconds, side) for side in sides})
    medians = {side: statistics.median(values) for side, values in taken.items()}
    figure, recording = "harness's processor time per turn", "the same with litellm and cassettes"
    if PACKAGE not in medians:
        absent = f"{PACKAGE} is not installed: `pip install -e '.[bench]'`"
        return [
            Row(figure, f"{medians['ours']:.2f} ms", absent, "", "at most 1"),
            Row(recording, f"{medians['litellm']:.2f} ms", "", ""),
        ]
    theirs = medians[PACKAGE]
    other = f"{PACKAGE} {importlib.metadata.version(PACKAGE)} {theirs:.2f} ms"
    ratio = statistics.median(a / b for a, b in zip(taken["ours"], taken[PACKAGE], strict=True))
    client = f"{other}, without a client"
    return [
        Row(figure, f"{medians['ours']:.2f} ms", other, f"{ratio:.2f}", "at most 1", ratio <= 1),
        Row(recording, f"{medians['litellm']:.2f} ms", client, f"{medians['litellm'] / theirs:.2f}"),
    ]


def main() -> None:
    """Print one side's figure, serve the script, or print the rows."""
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case [side, count]:
            print(json.dumps(measured(side, int(count))))
        case _:
            print(*rows(3), sep="\n")


if __name__ == "__main__":
    main()
