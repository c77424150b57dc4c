"""The same conversations through litellm under stock vcrpy: YAML cassettes, one per attempt.

Run as a process of its own, `python -m tests.benchmarks.stock SUITE COUNT` prints what it measured as JSON.
"""

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from hapi_pytest.recordings import Identity, Recordings
from hapi_pytest.testing import ScriptedModel
from hapi_pytest.tools import schemas
from hapi_pytest.transcripts import Transcript
from tests.benchmarks.synthetic import FIRST, MODELS, script

MATCHERS = {"body": ["method", "path", "body"], "order": ["method", "path"]}
"""Comparing what is sent with what was recorded, as fast replay does, and playing the answers in their order."""


def converse(litellm: Any, transcript: Transcript, url: str) -> None:
    """Send the requests of an attempt one after the other."""
    messages: list[Any] = []
    for turn in transcript.turns:
        messages += turn.messages
        response = litellm.completion(
            model=MODELS[0], messages=messages, tools=schemas(), api_base=url, api_key="none", max_retries=0
        )
        messages.append(response.choices[0].message.model_dump(exclude_none=True))


def measure(suite: Path, count: int) -> dict[str, Any]:
    """Record one attempt and replay it from `count` copies of its cassette, with each way of matching in turns."""
    transcript, _ = Recordings(suite / "cassettes", Identity(model=MODELS[0])).read(FIRST)
    started = time.perf_counter()
    import litellm
    import vcr

    measured: dict[str, Any] = {"import": time.perf_counter() - started, **{name: [] for name in MATCHERS}}
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder, "recorded.yaml")
        with ScriptedModel(script()) as model, vcr.use_cassette(str(recorded)):
            converse(litellm, transcript, model.url)
        measured["bytes"] = recorded.stat().st_size
        for number in range(count):
            copy = Path(folder, f"{number}.yaml")
            copy.write_bytes(recorded.read_bytes())
            for name, matchers in MATCHERS.items():
                started = time.perf_counter()
                with vcr.use_cassette(str(copy), record_mode="none", match_on=matchers):
                    converse(litellm, transcript, model.url)
                measured[name].append(time.perf_counter() - started)
    return measured


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
