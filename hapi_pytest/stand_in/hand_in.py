"""What the stand-in hands in, attempt by attempt, and the tool calls that write it."""

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence

from hapi_pytest.projects import Project, Variant
from hapi_pytest.stand_in.conversation import Request
from hapi_pytest.stand_in.library import folded
from hapi_pytest.stand_in.persona import Persona

CHUNK_CHARS = 20_000
"""The longest content that one tool call writes; longer files are written in parts and joined."""
ROOM_CHARS = 60_000
"""As much is written by one answer."""
FOLDER, DRAFT = "deliverable", "draft"


def flaws_after(
    persona: Persona, project: Project, variant: Variant, seed: int, messages: Sequence[str]
) -> frozenset[str]:
    """Return the flaws of the hand-in that follows the reviewer's messages so far."""
    matter = (project.id, variant.number, seed)
    present = _first(persona, project, matter)
    ever = present
    for number, message in enumerate(messages, 1):
        notes = notes_in(variant, message)
        present = frozenset(
            flaw
            for flaw in sorted(present)
            if not _is_mended(persona, (*matter, number), flaw, project.flaws[flaw], notes)
        )
        fresh = sorted(project.flaws.keys() - ever)
        draw = persona.draw(*matter, number, "clumsiness")
        if draw.chance(persona.clumsiness) and fresh:
            present |= {draw.choice(fresh)}
        ever |= present
    return present


def notes_in(variant: Variant, message: str) -> set[str]:
    """Return the criteria whose recorded notes stand in a message."""
    said = folded(message)
    return {criterion for criterion, note in variant.notes.items() if folded(note) in said}


def _first(persona: Persona, project: Project, matter: tuple[object, ...]) -> frozenset[str]:
    draw = persona.draw(*matter, "first")
    if draw.chance(persona.skill) or not project.flaws:
        return frozenset()
    return frozenset(draw.sample(sorted(project.flaws), draw.integer(1, 3)))


def _is_mended(
    persona: Persona, matter: tuple[object, ...], flaw: str, criteria: Iterable[str], notes: set[str]
) -> bool:
    """Decide whether a message ends a flaw: by an understood note or, without notes, by luck."""
    if not notes:
        return persona.draw(*matter, "luck", flaw).chance(persona.luck)
    told = [criterion for criterion in criteria if criterion in notes]
    return any(persona.draw(*matter, "note", criterion).chance(persona.understanding) for criterion in told)


def writing(files: Mapping[str, bytes], gone: Iterable[str] = (), *, room: int = ROOM_CHARS) -> list[list[Request]]:
    """Return the calls that write files and delete others, in groups whose calls may run in parallel."""
    parts: list[Request] = []
    joins: list[Request] = []
    for name, content in sorted(files.items()):
        written, joined = _file_calls(f"{FOLDER}/{name}", content, min(CHUNK_CHARS, room))
        parts += written
        joins += joined
    joins += [python(f'from pathlib import Path\n\nPath("{FOLDER}/{name}").unlink()\n') for name in sorted(gone)]
    return [*_batches(parts, room), *_batches(joins, room)]


def python(script: str) -> Request:
    """Return a call that runs a Python script."""
    return Request("run", {"language": "python", "script": script})


def write_file(path: str, content: str) -> Request:
    """Return a call that writes a text file."""
    return Request("write_file", {"path": path, "content": content})


def _file_calls(path: str, content: bytes, most: int) -> tuple[list[Request], list[Request]]:
    text = _as_text(content)
    if text is not None and len(text) <= most:
        return [write_file(path, text)], []
    packed = text if text is not None else base64.b64encode(zlib.compress(content, 9)).decode()
    if text is None and len(packed) <= most:
        return [], [python(_unpacking(path, [], packed))]
    stem = f"{DRAFT}/{path.removeprefix(FOLDER + '/').replace('/', '--')}"
    chunks = [packed[start : start + most] for start in range(0, len(packed), most)]
    names = [f"{stem}.part{index}" for index in range(len(chunks))]
    parts = [write_file(name, chunk) for name, chunk in zip(names, chunks, strict=True)]
    return parts, [python(_joining(path, names) if text is not None else _unpacking(path, names))]


def _as_text(content: bytes) -> str | None:
    """Return the text of a file that `write_file` can write; None for a binary one."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character >= " " or character in "\t\n\r" for character in text) else None


def _joining(path: str, names: Sequence[str]) -> str:
    return (
        "from pathlib import Path\n\n"
        f"parts = {list(names)!r}\n"
        f"target = Path({path!r})\n"
        "target.parent.mkdir(parents=True, exist_ok=True)\n"
        'target.write_bytes(b"".join(Path(part).read_bytes() for part in parts))\n'
    )


def _unpacking(path: str, names: Sequence[str], packed: str = "") -> str:
    source = f'"".join(Path(part).read_text() for part in {list(names)!r})' if names else repr(packed)
    return (
        "import base64\nimport zlib\nfrom pathlib import Path\n\n"
        f"packed = {source}\n"
        f"target = Path({path!r})\n"
        "target.parent.mkdir(parents=True, exist_ok=True)\n"
        "target.write_bytes(zlib.decompress(base64.b64decode(packed)))\n"
    )


def _batches(calls: Sequence[Request], room: int) -> list[list[Request]]:
    """Group calls so that one answer writes no more than there is room for."""
    groups: list[list[Request]] = []
    left = 0
    for call in calls:
        size = sum(len(str(value)) for value in call.arguments.values())
        if not groups or size > left:
            groups.append([])
            left = room
        groups[-1].append(call)
        left -= size
    return groups
