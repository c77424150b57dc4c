"""Files that would bring a careless preview down."""

import struct
import zlib

from tests.review.conftest import document

PAGES = 200
LINES_A_PAGE = 45


def bomb(width: int, height: int) -> bytes:
    """Return a picture that is small as a file and huge as a picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 1000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def files() -> dict[str, bytes]:
    """Return them by name."""
    return {
        "million.csv": b"number,name\n" + b"".join(b"%d,guest\n" % number for number in range(1_000_000)),
        "long.docx": document(*(f"Page {n // LINES_A_PAGE + 1}: {'word ' * 16}" for n in range(PAGES * LINES_A_PAGE))),
        "broken.xlsx": b"PK\x03\x04" + b"this was a workbook" * 1000,
        "bomb.png": bomb(60_000, 60_000),
        "large.png": bomb(5_000, 5_000),
    }
