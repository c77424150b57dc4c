"""The hand-in, read by name."""

import contextlib
import os

import openpyxl
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


def test_what_was_refused_is_told_with_its_reason(tmp_path):
    hand_in = Deliverable({}, refused={"report.csv": "is larger than 5 bytes"})
    for read in (hand_in.read, hand_in.text, hand_in.csv):
        with pytest.raises(DeliverableError, match=r"^report\.csv: was not taken: is larger than 5 bytes$"):
            read("report.csv")


def test_what_was_refused_is_told_beside_a_missing_file(tmp_path):
    hand_in = Deliverable({}, refused={"deliverable": "is a link", "…": "more than 2 files"})
    told = (
        r"^a\.csv: was not handed in; there is nothing; not taken: deliverable \(is a link\), … \(more than 2 files\)$"
    )
    with pytest.raises(DeliverableError, match=told):
        hand_in.csv("a.csv")


def test_of_very_many_names_some_are_listed(tmp_path):
    names = {f"{n:03}.txt": tmp_path / "x" for n in range(200)}
    with pytest.raises(DeliverableError, match=r"there is 000\.txt, .*, 019\.txt and 180 more$"):
        Deliverable(names).read("a.csv")


@pytest.mark.parametrize("kind", ["gone", "pipe", "folder", "device", "loop", "large"])
def test_what_cannot_be_read_is_the_deliverables_fault(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("hapi_pytest.deliverable.MOST_BYTES", 100)
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = type(path)("/dev/zero")
    elif kind == "loop":
        path.symlink_to("loop")
    elif kind == "large":
        path.write_bytes(bytes(101))
    with pytest.raises(DeliverableError, match=r"^x\.txt: "):
        Deliverable({"x.txt": path}).text("x.txt")


def test_recordings_may_be_kept_as_links(tmp_path):
    (tmp_path / "kept").write_text("x")
    (tmp_path / "link").symlink_to("kept")
    assert Deliverable({"x.txt": tmp_path / "link"}).text("x.txt") == "x"


def test_the_watch_knows_which_file_is_read(tmp_path):
    openpyxl.Workbook().save(tmp_path / "book.xlsx")
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.csv").write_text("x\n1\n")
    said: list[str] = []
    hand_in = Deliverable({path.name: path for path in tmp_path.iterdir()}, watch=said.append)

    def told(use):
        said.clear()
        with contextlib.suppress(DeliverableError):
            use()
        return list(said)

    assert told(lambda: hand_in.read("a.json")) == ["a.json", ""]
    assert told(lambda: hand_in.json("a.json")) == ["a.json", ""]
    assert told(lambda: hand_in.json("a.json")) == []
    assert told(lambda: hand_in.csv("b.csv")) == ["b.csv", ""]
    assert told(lambda: hand_in.xlsx("book.xlsx")) == ["book.xlsx", ""]
    assert told(lambda: hand_in.xlsx("book.xlsx").sheet("Sheet")) == []
    assert told(lambda: hand_in.xlsx("book.xlsx").changed({("Sheet", "A1"): 1})) == ["book.xlsx", ""]
    assert told(lambda: hand_in.xlsx("book.xlsx").changed({("No", "A1"): 1})) == ["book.xlsx", ""]
    assert told(lambda: hand_in.text("no.txt")) == []


def test_a_file_that_cannot_be_parsed_is_parsed_once(tmp_path):
    (tmp_path / "a.json").write_text("{")
    said: list[str] = []
    hand_in = Deliverable({"a.json": tmp_path / "a.json"}, watch=said.append)
    errors = []
    for _ in range(3):
        with pytest.raises(DeliverableError, match=r"^a\.json: is not valid JSON: ") as caught:
            hand_in.json("a.json")
        errors.append(caught.value)
    assert said == ["a.json", ""] and errors[1] is not errors[2] and str(errors[0]) == str(errors[2])
