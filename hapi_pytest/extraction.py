"""The text of an agent's file, taken in a process of its own: a hostile file can end the libraries that read it."""

import os
import subprocess
import sys
from pathlib import PurePath

from hapi_pytest import isolated
from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text

PACKED = (".docx", ".xlsx", ".pptx", ".pdf")
"""What libraries have to take apart."""
SECONDS = 30.0


def extracted_text(name: str, content: bytes) -> str:
    """Return a file's text as `readable_text` does; raises DeliverableError also for what takes too much to read."""
    if PurePath(name).suffix.lower() not in PACKED:
        return readable_text(name, content)
    try:
        done = isolated.answered(__name__, name, given=content, seconds=SECONDS)
    except subprocess.TimeoutExpired:
        raise DeliverableError(f"{name}: cannot be read within {SECONDS:g} seconds") from None
    if done.returncode or not done.stdout:
        raise DeliverableError(f"{name}: cannot be read: whatever reads it breaks down or runs out of memory")
    text = done.stdout[1:].decode()
    if done.stdout[:1] == b"-":
        raise DeliverableError(text)
    return text


def main() -> None:
    """Read a file from standard input, and answer with its text behind a plus, or a reason behind a minus."""
    isolated.limit()
    content = sys.stdin.buffer.read()
    with open(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # one of the libraries prints
        try:
            answer.write(b"+" + readable_text(sys.argv[1], content).encode(errors="replace"))
        except DeliverableError as error:
            answer.write(b"-" + str(error).encode(errors="replace"))
