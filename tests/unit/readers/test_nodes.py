"""JSON whose shape is never taken for granted."""

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import nodes
from hapi_pytest.readers.nodes import json_node

TEXT = '{"rows": [{"no": "007", "sum": 2.5, "late": false}, null], "total": 0, "note": ""}'


@pytest.fixture
def node():
    return json_node("out.json", TEXT)


def test_values_are_read_by_their_kind(node):
    row = node["rows"][0]
    assert (row["no"].text(), row["sum"].number(), row["late"].flag()) == ("007", 2.5, False)
    assert node.keys() == ["rows", "total", "note"] and len(node["rows"]) == 2 and len(node) == 3


def test_arrays_are_iterated_and_members_tested(node):
    assert [item.place for item in node["rows"]] == ["out.json.rows[0]", "out.json.rows[1]"]
    assert "total" in node and "sum" not in node


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (lambda node: node["sum"], r"out\.json: there is no 'sum'"),
        (lambda node: node["rows"][2], r"out\.json\.rows: there is no 2"),
        (lambda node: node["rows"]["no"], r"out\.json\.rows: is an array, not an object"),
        (lambda node: node["total"][0], r"out\.json\.total: is a number, not an array"),
        (lambda node: node["rows"][1]["no"], r"out\.json\.rows\[1\]: is null, not an object"),
        (lambda node: node["total"].text(), r"out\.json\.total: is a number, not a string"),
        (lambda node: node["note"].flag(), r"out\.json\.note: is a string, not true or false"),
        (lambda node: node["rows"][0]["no"].number(), r"out\.json\.rows\[0\]\.no: is a string, not a number"),
        (lambda node: node["rows"][0]["late"].number(), r"out\.json\.rows\[0\]\.late: False is not a number"),
        (lambda node: node["rows"][1].number(), r"out\.json\.rows\[1\]: an empty cell is not a number"),
        (lambda node: len(node["total"]), r"out\.json\.total: is a number, not an object"),
        (lambda node: list(node), r"out\.json: is an object, not an array"),
        (lambda node: "x" in node["note"], r"out\.json\.note: is a string, not an object"),
    ],
)
def test_another_shape_is_told_with_its_place(node, read, problem):
    with pytest.raises(DeliverableError, match=rf"^{problem}$"):
        read(node)


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[" * 100_000, "1" * 5_000, "nul"])
def test_broken_json_is_the_deliverables_fault(text):
    with pytest.raises(DeliverableError, match=r"^x\.json: is not valid JSON: "):
        json_node("x.json", text)


def test_a_key_that_stands_there_twice_is_refused():
    with pytest.raises(DeliverableError, match=r"^x\.json: a key stands twice in one object: \['a'\]$"):
        json_node("x.json", '[{"a": 1, "a": 2}]')


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_json_should_not_hold_is_no_number(text):
    with pytest.raises(DeliverableError, match="is not a number"):
        json_node("x.json", text).number()


def test_it_shows_its_value_cut(node):
    assert repr(node["total"]) == "<out.json.total: 0>" and len(repr(node)) < 100


def test_documents_of_too_many_values_are_refused(monkeypatch):
    monkeypatch.setattr(nodes, "MOST_VALUES", 10)
    for text in ("[" + "1," * 10 + "1]", '{"a": 1,' * 10, "[[], [], [], [], [], []]"):
        with pytest.raises(DeliverableError, match=r"^x\.json: holds more than 10 values$"):
            json_node("x.json", text)


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_documents_deeper_than_a_check_can_walk_are_refused(start, end):
    assert json_node("x.json", start * 200 + "1" + end * 200)
    with pytest.raises(DeliverableError, match=r"^x\.json: nests values more than 200 deep$"):
        json_node("x.json", start * 201 + "1" + end * 201)


@pytest.mark.parametrize("text", [r'["\ud800"]', r'{"\uDFFF": 1}', r'[["a", "b\uDB00c"]]'])
def test_half_a_character_is_refused(text):
    with pytest.raises(DeliverableError, match=r"^x\.json: is not valid JSON: a string holds half a character$"):
        json_node("x.json", text)


def test_a_character_in_two_halves_is_one():
    assert json_node("x.json", r'["\ud83d\ude00"]')[0].text() == "\U0001f600"


def test_of_very_many_double_keys_some_are_shown():
    with pytest.raises(DeliverableError) as caught:
        json_node("x.json", "{" + ",".join(f'"{n % 5000}": 1' for n in range(10_000)) + "}")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("key", [-1, 3])
def test_items_are_counted_from_the_start(key):
    with pytest.raises(DeliverableError, match=rf"^x\.json: there is no {key}$"):
        json_node("x.json", "[1, 2, 3]")[key]
