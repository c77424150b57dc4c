"""The hand-in, read by name."""

import pytest

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.errors import DeliverableError


@pytest.fixture
def hand_in(tmp_path):
    files = {
        "b.txt": "\ufeffone\r\ntwo\r\n",
        "a/table.csv": "No;Name\n1;x\n",
        "latin.txt": "Weiß".encode("latin-1"),
        "broken.json": "{",
        "broken.xlsx": b"PK\x03\x04 no",
        "broken.docx": b"",
        "broken.pptx": b"x",
        "broken.pdf": b"x",
        "broken.xml": "<a>",
        "broken.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
    }
    return Deliverable.written(tmp_path, files)


def test_names_are_sorted_and_have_folders(hand_in):
    assert hand_in.names[:2] == ("a/table.csv", "b.txt")
    assert list(hand_in.files) == list(hand_in.names)


def test_text_has_neither_byte_order_mark_nor_carriage_returns(hand_in):
    assert hand_in.text("b.txt") == "one\ntwo\n"


def test_bytes_are_left_as_they_are(hand_in):
    assert hand_in.read("b.txt").startswith(b"\xef\xbb\xbfone\r\n")


def test_text_in_another_encoding_is_the_deliverables_fault(hand_in):
    with pytest.raises(DeliverableError, match=r"^latin\.txt: is not UTF-8 text"):
        hand_in.text("latin.txt")


@pytest.mark.parametrize("reader", ["read", "text", "csv", "json", "docx", "html", "xml", "ics", "pptx", "pdf"])
def test_a_missing_file_is_told_with_what_is_there(tmp_path, reader):
    hand_in = Deliverable.written(tmp_path, {"other.txt": "x"})
    with pytest.raises(DeliverableError, match=r"^report\.x: was not handed in; there is other\.txt$"):
        getattr(hand_in, reader)("report.x")


def test_a_missing_workbook_is_told_too(tmp_path):
    with pytest.raises(DeliverableError, match=r"^report\.xlsx: was not handed in; there is nothing$"):
        Deliverable.written(tmp_path, {}).xlsx("report.xlsx")


@pytest.mark.parametrize("kind", ["json", "docx", "pptx", "pdf", "xml", "ics"])
def test_a_broken_file_is_the_deliverables_fault_and_named(hand_in, kind):
    with pytest.raises(DeliverableError, match=rf"^broken\.{kind}: "):
        getattr(hand_in, kind)(f"broken.{kind}")


def test_a_broken_workbook_is_named_when_it_is_looked_into(hand_in):
    with pytest.raises(DeliverableError, match=r"^broken\.xlsx: cannot be read as a workbook"):
        _ = hand_in.xlsx("broken.xlsx").sheet_names


def test_a_file_is_parsed_once(hand_in):
    assert hand_in.csv("a/table.csv") is hand_in.csv("a/table.csv")


def test_the_same_file_can_be_read_in_two_ways(hand_in):
    assert hand_in.csv("a/table.csv")[0]["name"] == "x"
    assert hand_in.html("a/table.csv").text == "No;Name 1;x"


def test_it_shows_its_names(hand_in, tmp_path):
    assert repr(hand_in).startswith("<deliverable: a/table.csv, b.txt")
    assert repr(Deliverable({})) == "<deliverable: empty>"
