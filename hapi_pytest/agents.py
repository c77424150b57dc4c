"""The built-in agents, and how an agent of one's own is found."""

import importlib
import sys
from pathlib import Path

from hapi_pytest.errors import CommandLineError
from hapi_pytest.prompts import NUDGE, system_prompt
from hapi_pytest.recordings import DEFAULT, IDLE, REFERENCE
from hapi_pytest.task import Agent, Task


class DefaultAgent:
    """Asks the model, carries out its tool calls, and goes on until it submits or has twice nothing to do."""

    def run(self, task: Task) -> None:
        """Work on the task."""
        if task.messages[0]["role"] != "system":
            task.messages.insert(0, {"role": "system", "content": system_prompt(task.programs, task.packages)})
        idle_turns = 0
        while not task.is_submitted:
            calls = task.ask().get("tool_calls") or []
            for call in calls:
                task.use(call)
            if not calls:
                idle_turns += 1
                if idle_turns == 2:
                    return
                task.messages.append({"role": "user", "content": NUDGE})


def found(spec: str, folder: Path) -> Agent:
    """Return the agent of a `--agent` value: `default`, or `package.module:factory` of one's own.

    Modules are looked for in the suite's folder too. Raises CommandLineError when there is no such factory.
    """
    if spec == DEFAULT:
        return DefaultAgent()
    name, colon, attribute = spec.partition(":")
    if not colon:
        raise CommandLineError(
            f"--agent {spec!r} is no agent\n  allowed: {DEFAULT}, {REFERENCE}, {IDLE}, or package.module:factory"
        )
    sys.path.insert(0, str(folder))
    try:
        agent: Agent = getattr(importlib.import_module(name), attribute)()
    except Exception as error:  # whatever the code of others raises
        raise CommandLineError(
            f"--agent {spec!r} cannot be loaded: {error}\n"
            f"  fix:     give package.module:factory, importable from {folder} or installed"
        ) from error
    finally:
        sys.path.remove(str(folder))
    if not callable(getattr(agent, "run", None)):
        raise CommandLineError(f"--agent {spec!r}: the factory's result has no method run(task)")
    return agent
