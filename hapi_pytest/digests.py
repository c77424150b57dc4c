"""Digests that stay the same when only stamps, ids and packing differ."""

import hashlib
import io
import lzma
import re
import zipfile
import zlib

_STAMPS = re.compile(rb"<(dcterms:created|dcterms:modified|cp:lastPrinted|cp:revision)\b[^>]*>[^<]*</\1>")
_DXF_VOLATILE = re.compile(
    rb"(?m)^ *9\r?\n\$(ACADVER|FINGERPRINTGUID|VERSIONGUID|TDU?CREATE|TDU?UPDATE|TDINDWG|TDUSRTIMER)\r?\n"
    rb"(?: *\d+\r?\n(?!\$).*\r?\n)+?(?= *(?:9|0)\r?\n)"
)


def raw_digest(content: bytes) -> str:
    """SHA-256 of the bytes as they are, in hex."""
    return hashlib.sha256(content).hexdigest()


def canonical_digest(name: str, content: bytes) -> str:
    """SHA-256 of what a file says, in hex.

    Archives count by sorted member names and contents without creation and modification stamps, dxf drawings without
    GUID, date and version headers, everything else by its bytes.
    """
    if content[:4] == b"PK\x03\x04":
        try:
            return _archive_digest(content)
        except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError):
            return raw_digest(content)  # a broken archive is just bytes
    if name.lower().endswith(".dxf"):
        return raw_digest(_DXF_VOLATILE.sub(b"", content))
    return raw_digest(content)


def _archive_digest(content: bytes, most: int = 64 << 20) -> str:
    total = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > most:
            raise ValueError(f"unpacks to more than {most} bytes")
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            with archive.open(entry) as stream:
                member = stream.read(entry.file_size + 1)  # never more, though the size may be a lie
            if entry.filename == "docProps/core.xml":
                member = _STAMPS.sub(b"", member)
            total.update(entry.filename.encode() + b"\0" + hashlib.sha256(member).digest())
    return total.hexdigest()
