"""Canonical digests see content and nothing but content."""

import io
import zipfile

import pytest

from hapi_pytest.digests import canonical_digest, raw_digest
from hapi_pytest.writers import zip_bytes

CORE = "docProps/core.xml"
DXF = """  0
SECTION
  2
HEADER
  9
$ACADVER
  1
{version}
  9
$TDCREATE
 40
{stamp}
  9
$FINGERPRINTGUID
  2
{guid}
  9
$INSUNITS
 70
{units}
  0
ENDSEC
  0
EOF
"""


def core(created: str, title: str = "Ageing") -> bytes:
    return (
        f'<cp:coreProperties><dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created>'
        f"<cp:revision>{len(created)}</cp:revision><dc:title>{title}</dc:title></cp:coreProperties>"
    ).encode()


def drawing(version: str = "AC1032", stamp: str = "2460000.5", guid: str = "{A}", units: str = "4") -> bytes:
    return DXF.format(version=version, stamp=stamp, guid=guid, units=units).encode()


def test_raw_digest_is_sha256():
    assert raw_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_archives_are_equal_whatever_their_members_order_and_packing():
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("b", (2001, 1, 1, 0, 0, 0)), b"two")
        archive.writestr("a", b"one")
    packed = zip_bytes({"a": b"one", "b": b"two"})
    assert canonical_digest("x.xlsx", packed) == canonical_digest("x.xlsx", stored.getvalue())


def test_archives_differ_by_a_members_content_or_name():
    digests = {
        canonical_digest("x", zip_bytes(m)) for m in ({"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"1", "b": b""})
    }
    assert len(digests) == 4


def test_creation_and_revision_stamps_do_not_count():
    old, new = (zip_bytes({CORE: core(when)}) for when in ("2020-01-01", "2026-03-31T10:00:00Z"))
    assert canonical_digest("x.docx", old) == canonical_digest("x.docx", new)


def test_other_properties_count():
    old, new = (zip_bytes({CORE: core("2020", title)}) for title in ("Ageing", "Invoices"))
    assert canonical_digest("x.docx", old) != canonical_digest("x.docx", new)


def test_stamps_elsewhere_than_in_the_properties_count():
    old, new = (zip_bytes({"word/document.xml": core(when)}) for when in ("2020", "2021"))
    assert canonical_digest("x.docx", old) != canonical_digest("x.docx", new)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_dxf_stamps_do_not_count(end):
    old, new = drawing(), drawing("AC1027", "2461234.25", "{0B1C-22}")
    assert canonical_digest("p.DXF", old.replace(b"\n", end)) == canonical_digest("p.DXF", new.replace(b"\n", end))


def test_dxf_settings_count():
    assert canonical_digest("p.dxf", drawing(units="4")) != canonical_digest("p.dxf", drawing(units="6"))


def test_dxf_stamps_count_in_files_of_other_kinds():
    assert canonical_digest("p.txt", drawing()) != canonical_digest("p.txt", drawing(stamp="1"))


def test_other_files_count_by_their_bytes():
    assert canonical_digest("a.txt", b"PK but no archive") == raw_digest(b"PK but no archive")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_broken_archive_is_just_bytes_wherever_it_is_broken(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a", b"hello " * 40)
    whole = stream.getvalue()
    for place in range(4, len(whole)):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        assert len(canonical_digest("a.zip", broken)) == 64
        assert len(canonical_digest("a.zip", whole[:place])) == 64


def test_a_member_that_unpacks_to_too_much_is_not_unpacked():
    bomb = zip_bytes({"zeros": bytes((64 << 20) + 1)})
    assert canonical_digest("bomb.xlsx", bomb) == raw_digest(bomb)
