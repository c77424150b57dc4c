"""Archives that unfold without end, and those that different libraries would read differently."""

import io
import struct
import time
import tracemalloc
import zipfile

import docx
import openpyxl
import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import archives
from hapi_pytest.readers.archives import repacked
from hapi_pytest.readers.documents import Document
from hapi_pytest.readers.workbooks import Workbook

MIB = 1 << 20


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def directory_changed(content: bytes, offset: int, layout: str, value: int) -> bytes:
    """Change a field of the first entry of an archive's directory."""
    changed = bytearray(content)
    struct.pack_into(layout, changed, changed.index(b"PK\x01\x02") + offset, value)
    return bytes(changed)


def test_members_come_back():
    members = {"a.xml": b"<a/>", "media/b.png": b"\x89PNG\0<!DOCTYPE", "empty/": b""}
    with zipfile.ZipFile(repacked("x", zipped(members))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == members


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"/etc/passwd": b""}, "its '/etc/passwd' is a path out of the archive"),
        ({"a/../../b": b""}, r"its 'a/\.\./\.\./b' is a path out of the archive"),
        ({"..\\b": b""}, r"its '\.\.\\\\b' is a path out of the archive"),
        ({"a.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'}, "its 'a.xml' declares a document type"),
        ({"any.png": b" \n<!DOCTYPE a><a/>"}, "its 'any.png' declares a document type"),
        ({"a.xml": '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")}, "its 'a.xml' is not in UTF-8"),
        ({"a.xml": "<!DOCTYPE a><a/>".encode("utf-16-be")}, "its 'a.xml' is not in UTF-8"),
        ({"a.xml": b'<?xml version="1.0" encoding="cp037"?>'}, "its 'a.xml' is not in UTF-8"),
        ({"a.xml": b"\xef\xbb\xbf<?xml version='1.0' encoding = 'UTF-7'?>"}, "its 'a.xml' is not in UTF-8"),
    ],
)
def test_what_no_office_file_holds_is_refused_and_named(members, problem):
    with pytest.raises(DeliverableError, match=f"^x: {problem}"):
        repacked("x", zipped(members))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounds_are_refused(method):
    with pytest.raises(DeliverableError, match=r"^x: its 'a' is packed by a method that Office files do not use$"):
        repacked("x", zipped({"a": b"x" * 100}, method))


def test_an_encrypted_archive_is_refused():
    with pytest.raises(DeliverableError, match=r"^x: is encrypted$"):
        repacked("x", directory_changed(zipped({"a": b"x"}), 8, "<H", 1))


def test_a_member_that_stands_there_twice_is_refused():
    with pytest.raises(DeliverableError, match=r"^x: holds 'a' twice$"):
        repacked("x", zipped({"a": b"1", "b": b"2"}).replace(b"b", b"a"))


@pytest.mark.parametrize(
    ("cap", "most", "problem"),
    [("MOST_MEMBERS", 2, "2 members"), ("MOST_BYTES", 11, "11 bytes when it is unpacked"), ("MOST_TAGS", 4, "4 tags")],
)
def test_caps_hold_for_all_members_together(monkeypatch, cap, most, problem):
    content = zipped({"a": b"<a/>", "b": b"<b/>", "c": b"<c><d/>" + b"</c>"})
    monkeypatch.setattr(archives, cap, most)
    with pytest.raises(DeliverableError, match=f"^x: holds more than {problem}$"):
        repacked("x", content)


def test_a_directory_of_very_many_members_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    with pytest.raises(DeliverableError, match=r"^x: holds more than 3 members$"):
        repacked("x", b"PK\x01\x02" * 7)


@pytest.mark.parametrize("claimed", [0, 10, 5 * MIB])
def test_a_size_that_lies_is_found_out_without_unpacking(claimed):
    content = directory_changed(zipped({"xl/a": bytes(4 * MIB)}), 24, "<I", claimed)
    tracemalloc.start()
    try:
        with pytest.raises(DeliverableError, match=r"^x\.xlsx: cannot be read as a workbook: "):
            Workbook("x.xlsx", content)
        assert tracemalloc.get_traced_memory()[1] < (claimed + MIB) * 3
    finally:
        tracemalloc.stop()


def test_a_claim_beyond_the_cap_is_refused_before_unpacking():
    content = directory_changed(zipped({"a": b"x" * 100}), 24, "<I", 1 << 31)
    with pytest.raises(DeliverableError, match=r"^x: holds more than 209,715,200 bytes when it is unpacked$"):
        repacked("x", content)


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_gigabyte_in_a_few_megabytes_is_refused_at_once(kind):
    stream, part = io.BytesIO(), "xl/worksheets/sheet1.xml" if kind == "xlsx" else "word/document.xml"
    made = openpyxl.Workbook() if kind == "xlsx" else docx.Document()
    made.save(plain := io.BytesIO())
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        for name in source.namelist():
            if name != part:
                bomb.writestr(name, source.read(name))
        with bomb.open(part, "w") as member:
            for _ in range(1024):
                member.write(bytes(MIB))
    started = time.thread_time()
    with pytest.raises(DeliverableError, match=rf"^x\.{kind}: holds more than 209,715,200 bytes when it is unpacked$"):
        (Workbook if kind == "xlsx" else Document)(f"x.{kind}", stream.getvalue())
    assert time.thread_time() - started < 2 and len(stream.getvalue()) < 8 * MIB
