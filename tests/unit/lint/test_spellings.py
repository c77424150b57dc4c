"""A gold value is found in every usual spelling, and in nothing else."""

import dataclasses
import datetime
import enum
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from hapi_pytest.lint import Gold
from hapi_pytest.lint.spellings import Text, leaves, spelled
from hapi_pytest.projects import Facts, Variant

DATE = datetime.date(2026, 3, 3)
MOMENT = datetime.datetime(2026, 3, 3, 14, 35, tzinfo=datetime.UTC)


def is_found(value: object, text: str) -> bool:
    return any(Text(text).found(spelled(leaf).exact | spelled(leaf).loose) for leaf in leaves(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((131941.35, text) for text in (
            "131941.35", "131,941.35", "131.941,35", "131 941,35", "131\u202f941.35", "131'941.35", "131’941,35",
            "€131,941.35.", "about 131,941 euros", "131941", "(131.941,4)", "131941.4", "−131,941.35", "131941.35EUR",
        )),
        (4930.0, "4930,00"), (4930.0, "4,930.00"), (4930, "4.930,00"), (Decimal("12.50"), "it is 12.5"),
        (0.12345, "12.3 %"), (0.12345, "12,35 percent"), (0.12345, "0.123"), (0.12345, "0,1235"), (-208.79, "208.79"),
        *((DATE, text) for text in (
            "2026-03-03", "03.03.2026", "3.3.2026", "03/03/2026", "3/3/2026", "3 March 2026", "March 3, 2026",
            "march 3rd", "the 3rd of March", "3 Mar", "3-Mar-2026", "03.03.26", "20260303", "**3. March**",
            "by 3 MARCH!",
        )),
        (datetime.date(2026, 9, 13), "13 Sept 2026"), (datetime.date(2026, 11, 12), "the 12th of November"),
        *((MOMENT, text) for text in (
            "2026-03-03T14:35:00+00:00", "3 March 2026, 14:35", "2:35 pm", "at 14.35", "3 March",
        )),
        (datetime.time(14, 35), "2:35pm"), ("14:35", "2.35 pm"), (10**30 + 7, f"{10**30 + 7}"), ("9" * 40, "9" * 40),
        ("2026-03-03", "3 March 2026"), ("2026-03-03T14:35:00+00:00", "at 14:35"), ("131941.35", "131.941,35"),
        ("Fenella Quist", "ask FENELLA\u00a0 Quist, please"), ("Chief Executive", "the chief\nexecutive’s"),
        ("BRINDLESEA, 15 May", "brindlesea, 15 may"), ("first line\nsecond line", "the second line"),
        ("441632960455", "call +44 1632 960-455"), ("it’s “so” – yes", 'it\'s "so" - yes'),
        ({"a": [{"b": (1, {123.4})}]}, "123.4"), ({DATE: 1}, "3 March"), ({"Ada Lovelace": 3}, "ada lovelace"),
    ],
)  # fmt: skip
def test_a_usual_spelling_is_found(value, text):
    assert is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (131, "1,131"), (131, "131.5"), (131, "1310"), (131, "TY-131"), (131, "TY131"), (131, "1.131"), (131, "0131"),
        (20, "20"), (500, "500"), (0.05, "5 %"), (99.0, "99.0"), (True, "True"), (None, "None"), (float("nan"), "nan"),
        (float("inf"), "inf"), (Decimal("1E+90"), "1"), ("short", "short"), ("member", "members"),
        (DATE, "13 March 2026"), (DATE, "3 March2"), (DATE, "4/3/2026"), (DATE, "March"), (DATE, "2026"),
        (datetime.time(14, 0), "14:00"), (MOMENT, "3:35"),
        ({"any_order": 1, "files.too_big": 2, "back-to-back": 3}, "any_order files.too_big back-to-back"),
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_not_found(value, text):
    assert not is_found(value, text)


class Colour(enum.Enum):
    RED = "crimson"


@dataclasses.dataclass
class Point:
    x: int


class Place(msgspec.Struct):
    name: str


def test_leaves_of_every_kind_of_structure():
    fact = [Colour.RED, Point(7), Place("x"), {"k": (1, [2]), "0042": 0}, frozenset({3})]
    assert list(leaves(fact)) == ["crimson", 7, "x", 1, 2, "0042", 0, 3]


def hunted(gold: dict[str, Any], given: dict[str, Any] | None = None, further=(), **files: str | bytes) -> Gold:
    attachments = {f"{name}.txt": text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    variant = Variant(
        number=0, brief="", attachments=attachments, facts=Facts({}), given=given or {}, gold=gold, notes={}
    )
    return Gold(variant, further)


def test_a_leak_is_told_with_its_fact_and_longest_spelling():
    gold = hunted({"total": 1234.5, "day": DATE, "other": 777})
    assert gold.leaks("1,234.5 until March 3rd") == ["day: march 3rd", "total: 1,234.5"]
    assert gold.leaks("nothing") == []


@pytest.mark.parametrize(
    ("value", "shown", "note"),
    [
        (1234.5, "1.234,50", "1234.5"), (DATE, "03/03/2026", "3 March"), ("Ada Byron", "ADA BYRON", "Ada Byron"),
        (1234.56, "no. 1235", "1235"),
    ],
)  # fmt: skip
def test_what_an_attachment_shows_is_no_leak(value, shown, note):
    assert hunted({"x": value}).leaks(note) != []
    assert hunted({"x": value}, a=shown).leaks(note) == []
    assert hunted({"x": value}, further=[shown]).leaks(note) == []
    assert hunted({"x": value}, {"given": [shown]}).leaks(note) == []


def test_what_a_given_fact_says_otherwise_is_no_leak():
    assert hunted({"x": DATE}, {"day": "2026-03-03"}).leaks("3 March 2026") == []
    assert hunted({"x": "2026-03-03"}, {"day": DATE}).leaks("March 3, 2026") == []


@pytest.mark.parametrize(
    ("value", "shown", "note"),
    [(131, "1,131.5 and TY-000131", "131"), (1234.56, "1235", "1234.56"), (DATE, "3 March 2025", "3 March 2026")],
)
def test_what_an_attachment_only_seems_to_show_is_a_leak(value, shown, note):
    assert hunted({"x": value}, a=shown).leaks(note) != []


def test_a_file_name_and_a_binary_file_show_nothing():
    assert hunted({"x": 1234.5}, **{"sum-1234.5": "x"}).leaks("1234.5") != []
    assert hunted({"x": 1234.5}, a=b"\xff\xfe1234.5").leaks("1234.5") != []
