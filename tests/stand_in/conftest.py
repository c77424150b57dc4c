"""A freelancer's workplace without the suite's own agent: litellm, four tools and a folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text
from hapi_pytest.projects import load
from hapi_pytest.stand_in import StandIn
from hapi_pytest.stand_in.gemini import signable
from hapi_pytest.stand_in.signature import signature

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"

ROOT = Path(__file__).parent / "projects"
SHOWN = 16_000


def _tool(name, properties, required):
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}


TEXT = {"type": "string"}
TOOLS = [
    _tool("run", {"language": {"type": "string", "enum": ["shell", "python"]}, "script": TEXT}, ["language", "script"]),
    _tool("read_file", {"path": TEXT, "offset": {"type": "integer"}}, ["path"]),
    _tool("write_file", {"path": TEXT, "content": TEXT}, ["path", "content"]),
    _tool("submit", {"note": TEXT}, []),
]

PARAMETERS = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
SIGNED = signature(signable("read_file", {"path": "a"}))
OPENAI = {
    "model": "stand-in",
    "messages": [
        {"role": "system", "content": "You work."},
        {"role": "user", "content": "Do it."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "read_file", "arguments": "{broken"}},
                {"id": "c2", "type": "function", "function": {"name": "unknown", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c2", "content": "two"},
        {"role": "tool", "tool_call_id": "c1", "content": "one"},
    ],
    "tools": [{"type": "function", "function": {"name": "read_file", "parameters": PARAMETERS}}],
}
ANTHROPIC = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 4096,
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "messages": [
        {"role": "user", "content": "Do it."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "So.", "signature": signature("So.")},
                {"type": "text", "text": "I read."},
                {"type": "tool_use", "id": "t1", "name": "read_file", "input": {"path": "a"}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "one"}]},
    ],
    "tools": [{"name": "read_file", "input_schema": PARAMETERS}],
}
GEMINI = {
    "contents": [
        {"role": "user", "parts": [{"text": "Do it."}]},
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "read_file", "args": {"path": "a"}}, "thoughtSignature": SIGNED},
                {"function_call": {"name": "unknown", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "read_file", "response": {"content": "one"}}},
                {"functionResponse": {"name": "unknown", "response": {"content": "two"}}},
            ],
        },
    ],
    "tools": [{"functionDeclarations": [{"name": "read_file", "parameters": PARAMETERS}]}],
}
SERVICES = {
    "openai": ("/v1/chat/completions", OPENAI, {"authorization": "Bearer any"}),
    "anthropic": ("/v1/messages", ANTHROPIC, {"x-api-key": "any", "anthropic-version": "2023-06-01"}),
    "gemini": ("/v1beta/models/gemini-2.5-pro:generateContent", GEMINI, {"x-goog-api-key": "any"}),
}


def _brief(variant):
    """What the suite's agent says first: the brief, then the attachments' names."""
    return variant.brief + "\nAttachments in inputs/:\n" + "\n".join(variant.attachments)


class Desk:
    """A workspace with the harness's tools, and a conversation about it."""

    def __init__(self, folder: Path, variant) -> None:
        self.folder = folder
        self.messages = [{"role": "system", "content": "You work."}, {"role": "user", "content": _brief(variant)}]
        for name, content in variant.attachments.items():
            self.write(f"inputs/{name}", content)

    @property
    def handed_in(self) -> dict[str, bytes]:
        top = self.folder / "deliverable"
        return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}

    def write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def use(self, name: str, arguments: dict) -> str:
        return getattr(self, f"_{name}")(**arguments)

    def _run(self, language, script):
        command = ["bash", "-c", script] if language == "shell" else [sys.executable, "-I", "-c", script]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr + (f"[exit code {done.returncode}]\n" if done.returncode else "")

    def _read_file(self, path, offset=0):
        try:
            text = readable_text(path, (self.folder / path).read_bytes())
        except (DeliverableError, FileNotFoundError) as error:
            return f"error: {error}"
        end = offset + SHOWN
        if end >= len(text):
            return text[offset:]
        return text[offset:end] + f"\n[cut: {end} of {len(text)} characters shown; continue with offset={end}]"

    def _write_file(self, path, content):
        self.write(path, content.encode())
        return f"wrote {len(content)} characters to {path}"

    def _submit(self, note=""):
        return "submitted"

    def work(self, ask) -> list[dict]:
        """Work until the submission, asking for each next message; return the assistant's messages."""
        said = []
        for _ in range(20):
            message = ask(self.messages)
            said.append(message)
            self.messages.append(message)
            calls = message.get("tool_calls") or []
            for call in calls:
                output = self.use(call["function"]["name"], json.loads(call["function"]["arguments"]))
                self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})
            if not calls or calls[-1]["function"]["name"] == "submit":
                return said
        raise AssertionError("it never submits")


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def services():
    """Each service's address, a request that it accepts, and the headers that it wants."""
    return SERVICES


@pytest.fixture(scope="session")
def user_message(project):
    return _brief(project.variant(0))


@pytest.fixture(scope="session")
def desk_in():
    return Desk


@pytest.fixture(scope="session")
def stand_in():
    with StandIn(ROOT) as server:
        yield server


@pytest.fixture(scope="session")
def project():
    return load(ROOT / "admin-support" / "phone-list")


@pytest.fixture(scope="session")
def tools():
    return TOOLS


@pytest.fixture
def desk(tmp_path, project):
    return lambda number=0: Desk(tmp_path, project.variant(number))
