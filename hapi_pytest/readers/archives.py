"""The zip archives that Office files are."""

import io
import re
import zipfile

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.allowance import Allowance

MOST_MEMBERS = 5_000
MOST_BYTES = 200 << 20
"""Of all members together, unpacked."""
MOST_TAGS = 5_000_000
"""Less-than signs of all members together; a library needs some 200 bytes for each."""

_MARKUP = re.compile(rb"[\xef\xbb\xbf\xff\xfe\0\s]*<")
_ENCODING = re.compile(rb"[\xef\xbb\xbf\s]*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]*)")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")


def repacked(name: str, content: bytes) -> io.BytesIO:
    """Return an archive packed anew, so that every library that opens it finds the same harmless members.

    Raises DeliverableError for an archive that is encrypted, unfolds without end, or holds document types or paths
    that lead elsewhere; lets errors of zipfile through.
    """
    if content.count(b"PK\x01\x02") > 2 * MOST_MEMBERS:  # before zipfile makes an object of each
        Allowance(name, MOST_MEMBERS, "members").take(MOST_MEMBERS + 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(stream, "w") as packed:
        entries = archive.infolist()
        Allowance(name, MOST_MEMBERS, "members").take(len(entries))
        room = Allowance(name, MOST_BYTES, "bytes when it is unpacked")
        tags = Allowance(name, MOST_TAGS, "tags")
        seen = set()
        for entry in entries:
            _inspect(name, entry)
            room.take(entry.file_size)
            if entry.filename in seen:
                raise DeliverableError(f"{name}: holds {entry.filename[:80]!r} twice")
            seen.add(entry.filename)
            part = _part(archive, entry)
            if _MARKUP.match(part):
                tags.take(part.count(b"<"))
                _inspect_markup(f"{name}: its {entry.filename[:80]!r}", part)
            packed.writestr(zipfile.ZipInfo(entry.filename), part)
    stream.seek(0)
    return stream


def _inspect(name: str, entry: zipfile.ZipInfo) -> None:
    shown = repr(entry.filename[:80])
    if entry.flag_bits & 1:
        raise DeliverableError(f"{name}: is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Of the other methods zipfile unpacks a whole block at once, however much that is.
        raise DeliverableError(f"{name}: its {shown} is packed by a method that Office files do not use")
    if entry.filename.startswith("/") or ".." in re.split(r"[/\\]", entry.filename):
        raise DeliverableError(f"{name}: its {shown} is a path out of the archive")


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack a member no further than the size that it claims; a size that lies fails its checksum."""
    with archive.open(entry) as stream:
        part = stream.read(entry.file_size + 1)
        while more := stream.read(entry.file_size + 1 - len(part)):
            part += more
    return part


def _inspect_markup(place: str, part: bytes) -> None:
    """Refuse entities in any disguise: Office files have no document types and are written in UTF-8."""
    declared = _ENCODING.match(part)
    if b"\0" in part or (declared and declared[1].lower() not in _ENCODINGS):
        raise DeliverableError(f"{place} is not in UTF-8")
    if b"<!DOCTYPE" in part:
        raise DeliverableError(f"{place} declares a document type, which Office files must not")
