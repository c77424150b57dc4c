"""Runs as logs that Inspect reads: one file for each model and arm, each engagement a sample with its conversation.

The format is that of Inspect's `.json` logs, version 2: https://inspect.aisi.org.uk/eval-logs.html.
"""

import json
import math
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hapi_pytest.model import Arm, Outcome, Status, Usage
from hapi_pytest.recordings import write_whole
from hapi_pytest.results import Results, written
from hapi_pytest.sources import Sources
from hapi_pytest.transcripts import Message

FORMAT = 2
SCORER = "completed"
PASSED, FAILED = "C", "I"
"""How Inspect spells a sample that is right, and one that is wrong."""
LIMITS = {"steps": "message", "tokens": "token", "seconds": "working", "usd": "cost"}
"""Inspect's names of the limits that can end an attempt."""


def run(name: str, folder: Path) -> int:
    """Write the logs of a run, or of a file of results, and print where; returns 2 for a wrong name or folder."""
    return written("export", name, folder, lambda results, run: write(results, Sources(run), folder))


def write(results: Results, sources: Sources, folder: Path) -> list[Path]:
    """Write one log for each model and arm, each whole or not at all, and return their paths.

    Raises StaleRecordingError where a conversation has gone or changed since the run, and OSError.
    """
    paths = []
    for model in results.models:
        for arm in Arm:
            if outcomes := [outcome for outcome in results.of(model) if outcome.arm is arm]:
                path = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '-', model)}-{arm}.json"
                log = json.dumps(_log(results, outcomes, sources), ensure_ascii=False, indent=1)
                write_whole(path, f"{log}\n".encode(errors="replace"))
                paths.append(path)
    return paths


def _log(results: Results, outcomes: Sequence[Outcome], sources: Sources) -> dict[str, Any]:
    """Return the log of one model's outcomes in one arm."""
    scored = [outcome for outcome in outcomes if outcome.status is not Status.UNSCORED]
    completed = sum(outcome.status is Status.COMPLETED for outcome in scored)
    score = {
        "name": SCORER,
        "scorer": SCORER,
        "scored_samples": len(scored),
        "unscored_samples": len(outcomes) - len(scored),
        "metrics": {"accuracy": {"name": "accuracy", "value": completed / len(scored)}} if scored else {},
    }
    return {
        "version": FORMAT,
        "status": "cancelled" if results.is_cut else "success",
        "eval": _eval(results, outcomes),
        "results": {"total_samples": len(outcomes), "completed_samples": len(scored), "scores": [score]},
        "stats": {"completed_at": results.at, "model_usage": {outcomes[0].model: _usage(outcomes)}},
        "samples": [_sample(results, outcome, sources) for outcome in outcomes],
    }


def _eval(results: Results, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return what was measured, and on whom."""
    first = outcomes[0]
    ids = list(dict.fromkeys(map(_id, outcomes)))
    return {
        "run_id": results.run,
        "created": results.at,
        "task": f"hapi-{first.arm}",
        "task_version": results.suite,
        "solver": first.agent,
        "dataset": {"name": "hapi-pytest", "samples": len(outcomes), "sample_ids": ids},
        "model": first.model,
        "model_base_url": first.service or None,
        "config": {"epochs": max(outcome.sample for outcome in outcomes)},
        "packages": {"hapi-pytest": version("hapi-pytest")},
        "metadata": {"is_stand_in": any(outcome.is_stand_in for outcome in outcomes), "options": results.options},
    }


def _id(outcome: Outcome) -> str:
    """Name a piece of work; its repetitions are epochs."""
    return outcome.project + (f" v{outcome.variant}" if outcome.variant else "")


def _sample(results: Results, outcome: Outcome, sources: Sources) -> dict[str, Any]:
    """Return one engagement with the whole conversation that led to its last submission."""
    messages: list[Message] = []
    last = None
    for number in range(sources.count(outcome)):
        if last := sources.find(outcome, number).transcript:
            messages = last.conversation(messages)
    told = [_message(message) for message in messages]
    choices = [{"message": message, "stop_reason": "stop"} for message in told if message["role"] == "assistant"]
    sample = {
        "id": _id(outcome),
        "epoch": outcome.sample,
        "input": next((message["content"] for message in told if message["role"] == "user"), ""),
        "target": "",
        "messages": told,
        "output": {"model": outcome.model, "choices": choices[-1:]},
        "model_usage": {outcome.model: _usage([outcome])},
        "total_time": outcome.seconds,
        "metadata": _about(results, outcome),
    }
    if outcome.status is Status.UNSCORED:
        sample["error"] = {"message": outcome.reason, "traceback": "", "traceback_ansi": ""}
    else:
        sample["scores"] = {SCORER: _score(outcome)}
    if last and last.ended in LIMITS:
        sample["limit"] = {"type": LIMITS[last.ended], "limit": float(getattr(last.header.limits, last.ended))}
    return sample


def _about(results: Results, outcome: Outcome) -> dict[str, Any]:
    """Return what Inspect has no place of its own for."""
    facts = results.projects.get(outcome.project)
    return {
        "title": facts.title if facts else "",
        "category": outcome.category,
        "price_usd": outcome.price_usd,
        "arm": str(outcome.arm),
        "alone": outcome.alone,
        "recordings": list(outcome.recordings),
        "handed_in": outcome.handed_in,
    }


def _score(outcome: Outcome) -> dict[str, Any]:
    failed = [name for name, passed in outcome.final.items() if not passed]
    return {
        "value": PASSED if outcome.status is Status.COMPLETED else FAILED,
        "explanation": "\n".join(f"{name}: {outcome.reasons.get(name, 'failed')}" for name in failed),
        "metadata": {"criteria": outcome.final},
    }


def _message(message: Message) -> dict[str, Any]:
    """Return a chat message in Inspect's words."""
    content = message.get("content")
    told: dict[str, Any] = {"role": message["role"], "content": content if isinstance(content, str) else _text(content)}
    if thoughts := message.get("reasoning_content"):
        told["content"] = [
            {"type": "reasoning", "reasoning": str(thoughts)},
            {"type": "text", "text": told["content"]},
        ]
    if calls := message.get("tool_calls"):
        told["tool_calls"] = [_call(call) for call in calls]
    if message["role"] == "tool":
        told["tool_call_id"] = message.get("tool_call_id")
    return told


def _text(content: Any) -> str:
    """Return the text of a content that comes in parts."""
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _call(call: dict[str, Any]) -> dict[str, Any]:
    """Return a tool call; Inspect keeps arguments that are no JSON object as an error."""
    text = call["function"].get("arguments") or "{}"
    told = {"id": call["id"], "function": call["function"]["name"], "type": "function"}
    try:
        arguments = json.loads(text)
    except (ValueError, RecursionError) as error:
        return told | {"arguments": {}, "parse_error": f"{error}: {text}"}
    if not isinstance(arguments, dict):
        return told | {"arguments": {}, "parse_error": f"no object: {text}"}
    return told | {"arguments": arguments}


def _usage(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the tokens of all outcomes; Inspect counts cached ones apart from the other input."""
    total = sum((outcome.usage for outcome in outcomes), Usage())
    costs = [outcome.cost_usd for outcome in outcomes]
    return {
        "input_tokens": total.input_tokens - total.cached_tokens - total.cache_write_tokens,
        "output_tokens": total.output_tokens,
        "total_tokens": total.input_tokens + total.output_tokens,
        "input_tokens_cache_read": total.cached_tokens,
        "input_tokens_cache_write": total.cache_write_tokens,
        "reasoning_tokens": total.reasoning_tokens,
        "total_cost": None if None in costs else math.fsum(cost for cost in costs if cost is not None),
    }
