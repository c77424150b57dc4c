"""What a file holds besides the text that an agent's `read_file` shows: names, properties, comments, changes.

Hidden sheets, rows and text are no traces: `read_file` shows them like any other.
"""

import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

import defusedxml.ElementTree
import msgspec

LARGEST, DEEPEST = 64 << 20, 3
PERSONAL = {"creator", "lastmodifiedby", "manager", "company", "author", "artist", "xpauthor", "cameraownername"}
"""Properties that say who made a file, in lower case."""
REMARKS = {"description", "comment", "comments", "usercomment", "imagedescription", "xpcomment"}
"""Properties that are there for somebody's remarks."""
IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp"}
_TELLING = re.compile(
    r"!(docProps/[^/]+|(word|xl|ppt)/(threaded)?comments?[^!]*|xl/revisions/[^/]+)\.xml$", re.IGNORECASE
)
"""Parts of office files that are read in any case; others only when they hold tracked changes."""
_CHANGES = re.compile(rb"<\w+:(ins|del|moveFrom|moveTo|\w+PrChange)\b")
_CHANGE = re.compile(
    r"\{http://schemas\.openxmlformats\.org/wordprocessingml/2006/main\}(ins|del|moveFrom|moveTo|\w+PrChange)"
)


class Trace(msgspec.Struct, frozen=True):
    """Something about a file that is not its text."""

    rule: str
    """The rule that forbids it; empty for what only must not hold a gold value."""
    place: str
    text: str


def traces(name: str, content: bytes) -> Iterator[Trace]:
    """Yield every trace of a file and of what is packed into it; a broken file has none."""
    for path, member in members(name, content):
        yield from _names(path)
        suffix = PurePosixPath(path).suffix.lower()
        try:
            if path.count("!") and suffix == ".xml":
                yield from _office(path, member)
            elif suffix == ".pdf":
                yield from _pdf(path, member)
            elif suffix in IMAGES:
                yield from _image(path, member)
        except Exception:  # whatever the libraries raise on a broken file
            continue


def members(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield a file and all files within it, archives in archives included, as `outer!inner`."""
    yield name, content
    if depth < DEEPEST:
        for inner, data in [*_zipped(content), *_tarred(content)]:
            yield from members(f"{name}!{inner}", data, depth + 1)


def _zipped(content: bytes) -> list[tuple[str, bytes]]:
    if content[:2] != b"PK":
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            small = [entry for entry in archive.infolist() if not entry.is_dir() and entry.file_size <= LARGEST]
            return [(entry.filename, archive.read(entry)) for entry in small]
    except Exception:  # a broken or locked archive holds nothing that can be read
        return []


def _tarred(content: bytes) -> list[tuple[str, bytes]]:
    is_compressed = content[:2] == b"\x1f\x8b" or content[:3] == b"BZh" or content[:6] == b"\xfd7zXZ\x00"
    if not is_compressed and content[257:262] != b"ustar":
        return []
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            entries = [(entry.name, archive.extractfile(entry)) for entry in archive if entry.size <= LARGEST]
            return [(name, stream.read()) for name, stream in entries if stream]
    except Exception:
        return []


def _names(path: str) -> Iterator[Trace]:
    parts = [part for part in re.split(r"[!/\\]", path) if part not in (".", "..")]
    if any(part.endswith(".git") for part in parts):
        yield Trace("history-in-inputs", path, path)
    elif any(part == "__MACOSX" or (part.startswith((".", "~$")) and part != ".rels") for part in parts):
        yield Trace("hidden-file", path, path)
    elif not re.search(r"\.(docx|xlsx|pptx)!", path):
        yield Trace(
            "",
            "the name of a packed file" if "!" in path else "the file name",
            f"{path} {re.sub('[-_.!/]', ' ', path)}",
        )


def _office(path: str, content: bytes) -> Iterator[Trace]:
    if not _TELLING.search(path) and not _CHANGES.search(content):
        return
    tree = defusedxml.ElementTree.fromstring(content)
    if re.search(r"!docProps/[^/]+\.xml$", path):
        for element in tree.iter():
            if element.text and element.text.strip():
                yield _property(path, element.tag.rpartition("}")[2], element.text)
    if re.search(r"comment", path, re.IGNORECASE):
        if text := " ".join(" ".join(tree.itertext()).split()):
            yield Trace("hidden-comment", path, text)
    elif "!xl/revisions/" in path:
        yield Trace("tracked-change", path, " ".join(tree.itertext()))
    elif changes := [element for element in tree.iter() if _CHANGE.fullmatch(element.tag)]:
        yield Trace("tracked-change", path, " ".join("".join(change.itertext()) for change in changes))


def _property(path: str, key: str, text: str) -> Trace:
    rule = "personal-metadata" if key.lower() in PERSONAL else "hidden-comment" if key.lower() in REMARKS else ""
    return Trace(rule, f"{path}, {key}", text.strip())


def _pdf(path: str, content: bytes) -> Iterator[Trace]:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    for key, value in (reader.metadata or {}).items():
        if str(value).strip():
            # The /Creator of a pdf is the program that its text was written in, not a person.
            yield _property(path, "producer" if key == "/Creator" else key.lstrip("/"), str(value))
    if reader.xmp_metadata and (creators := reader.xmp_metadata.dc_creator):
        yield Trace("personal-metadata", f"{path}, xmp creator", ", ".join(creators))
    for number, page in enumerate(reader.pages, 1):
        for annotation in page.annotations or ():
            if text := str(annotation.get_object().get("/Contents", "")).strip():
                yield Trace("hidden-comment", f"{path}, page {number}", text)


def _image(path: str, content: bytes) -> Iterator[Trace]:
    import PIL.ExifTags
    import PIL.Image

    with PIL.Image.open(io.BytesIO(content)) as image:
        exif = image.getexif()
        tags = [*exif.items(), *exif.get_ifd(PIL.ExifTags.IFD.Exif).items()]
        named = [(PIL.ExifTags.TAGS.get(tag, str(tag)), value) for tag, value in tags]
        for key, value in [*image.info.items(), *named]:
            text = _shown(value) if isinstance(value, bytes) else str(value)
            if isinstance(value, str | bytes) and text.strip():
                yield _property(path, str(key), text)


def _shown(value: bytes) -> str:
    """Decode a property of an image: Windows writes its own in UTF-16, and a user comment begins with its encoding."""
    value = value.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0")
    wide = value.count(b"\0") * 3 > len(value)
    return value.decode("utf-16-le" if wide else "utf-8", "ignore").strip("\0 ")
