"""What an agent can do in its workspace: run, read_file, write_file, submit."""

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import DeliverableError
from hapi_pytest.extraction import PACKED, extracted_text
from hapi_pytest.model import Limits
from hapi_pytest.sandbox import Sandbox
from hapi_pytest.workspace import Workspace

VERSION = "1"
"""Raise it when a tool answers otherwise than before: recordings made with another version are stale."""

INTERPRETERS = {"shell": ("bash", "-s"), "python": ("python3", "-")}


class Toolbox:
    """The tools of one attempt."""

    def __init__(self, workspace: Workspace, sandbox: Sandbox, limits: Limits) -> None:
        self._workspace = workspace
        self._sandbox = sandbox
        self._limits = limits

    def use(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Run a tool and return what the agent gets to see.

        The agent's own mistakes come back as text that says what to do; SandboxError is raised when the sandbox breaks.
        """
        tools: dict[str, Callable[..., str]] = {
            tool.__name__: tool for tool in (self.run, self.read_file, self.write_file, self.submit)
        }
        if name not in tools:
            return f"error: there is no tool {name!r}; the tools are {', '.join(tools)}"
        tool = tools[name]
        try:
            inspect.signature(tool).bind(**arguments)
        except TypeError as error:
            return f"error: {name}: {error}"
        try:
            return self._capped(tool(**arguments))
        except (DeliverableError, TypeError, ValueError, AttributeError) as error:
            return f"error: {name}: {error}"

    @staticmethod
    def starts_process(name: str, arguments: Mapping[str, Any]) -> bool:
        """Tell whether a call takes processors of its own, so that many at once must queue."""
        suffix = PurePath(str(arguments.get("path", ""))).suffix.lower()
        return name == "run" or (name == "read_file" and suffix in PACKED)

    def run(self, script: str, language: str = "shell") -> str:
        """Run a shell or Python script in the workspace, without network, and return what it prints."""
        if language not in INTERPRETERS:
            return f"error: run: language must be one of {', '.join(INTERPRETERS)}, not {language!r}"
        done = self._sandbox.run(
            self._workspace.root,
            INTERPRETERS[language],
            stdin=script.encode(errors="surrogateescape"),
            seconds=self._limits.command_seconds,
        )
        parts = [done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")]
        if done.is_output_cut:
            parts.append("[the output was longer and was cut]\n")
        if done.is_timed_out:
            parts.append(f"[stopped after {self._limits.command_seconds} seconds]\n")
        elif done.exit_code:
            parts.append(f"[exit code {done.exit_code}]\n")
        return "".join(part if part.endswith("\n") or not part else part + "\n" for part in parts) or "(no output)"

    def read_file(self, path: str, offset: int = 0) -> str:
        """Show a file as text, from a character offset on; docx, xlsx, pptx and pdf by their words and values."""
        if offset < 0:
            return "error: read_file: offset must be 0 or more"
        text = extracted_text(path, self._workspace.read(path))
        shown = text[offset : offset + self._limits.output_chars - 200]
        end = offset + len(shown)
        more = f"\n[cut: {end} of {len(text)} characters shown; continue with offset={end}]" if end < len(text) else ""
        return shown + more

    def write_file(self, path: str, content: str) -> str:
        """Write a text file, replacing what was there; folders are made as needed."""
        self._workspace.write(path, content.encode())
        return f"wrote {len(content)} characters to {path}"

    def submit(self, note: str = "") -> str:
        """Hand in everything in deliverable/ and end the work."""
        return "handed in" + (f": {note[:200]}" if note else "")

    def _capped(self, text: str) -> str:
        most = self._limits.output_chars
        return text if len(text) <= most else f"{text[: most - 100]}\n[cut: the output has {len(text)} characters]"


def schemas() -> list[dict[str, Any]]:
    """Return the tools as chat-completion function schemas."""
    text = {"type": "string"}
    return [
        _schema(
            "run",
            "Run a script in your workspace and see what it prints. There is no network. Each run starts in the "
            "workspace's top folder; files stay, variables do not.",
            {
                "script": {**text, "description": "The script, of any length; it is fed by standard input."},
                "language": {
                    **text,
                    "enum": list(INTERPRETERS),
                    "description": "shell (bash) or python; shell unless given.",
                },
            },
            ["script"],
        ),
        _schema(
            "read_file",
            "Read a file of your workspace as text. Word, Excel, PowerPoint and pdf files are shown by their words and "
            "values. Long files come in parts: continue with the offset that the answer names.",
            {"path": text, "offset": {"type": "integer", "description": "Character to start from; 0 unless given."}},
            ["path"],
        ),
        _schema(
            "write_file",
            "Write a text file into your workspace, replacing what was there.",
            {"path": text, "content": text},
            ["path", "content"],
        ),
        _schema(
            "submit",
            "Hand in everything that lies in deliverable/ and end your work. Call it once, when you are done.",
            {"note": {**text, "description": "A line to the client, if you like."}},
            [],
        ),
    ]


@functools.cache
def digests() -> Mapping[str, str]:
    """Digest of each tool's description and schema, and the version of what they do."""
    every = {tool["function"]["name"]: tool for tool in schemas()}
    return {"version": VERSION} | {
        name: raw_digest(json.dumps(tool, sort_keys=True).encode())[:16] for name, tool in every.items()
    }


def _schema(name: str, description: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}
