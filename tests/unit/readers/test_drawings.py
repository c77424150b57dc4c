"""CAD drawings."""

import io

import ezdxf
import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import drawings
from hapi_pytest.readers.drawings import Drawing


def drawn(*, units: int = 4) -> tuple[ezdxf.document.Drawing, object]:
    document = ezdxf.new("R2010", units=units)
    return document, document.modelspace()


def saved(document: ezdxf.document.Drawing) -> Drawing:
    document.write(stream := io.StringIO())
    return Drawing("a.dxf", stream.getvalue().encode())


def tags(*pairs: tuple[int, object]) -> bytes:
    """A file of an old format, as small programs write it."""
    whole = [(0, "SECTION"), (2, "ENTITIES"), *pairs, (0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code}\n{value}\n" for code, value in whole).encode()


LINE = ((0, "LINE"), (8, "Cut"), (10, 0), (20, 0), (11, 5), (21, 7))


def test_shapes_say_what_they_are():
    document, space = drawn()
    document.layers.add("CUT")
    space.add_circle((20, 30), 5, dxfattribs={"layer": "CUT"})
    space.add_arc((0, 0), 10, 0, 90)
    space.add_lwpolyline([(0, 0, 0, 0, 1), (8, 0, 0, 0, 0)], format="xyseb", close=True)
    space.add_polyline2d([(1, 1), (2, 1), (2, 2)])
    space.add_mtext("{\\fArial;two} lines", dxfattribs={"insert": (3, 4)})
    space.add_point((9, 9))
    found = saved(document)
    circle, arc, slot, chain, text, point = found.shapes()
    assert (found.units, "CUT" in found.layers, repr(found)) == ("mm", True, "<a.dxf: 6 shapes>")
    assert (circle.kind, circle.layer, circle.center, circle.radius, circle.is_closed) == (
        *("CIRCLE", "CUT", (20, 30), 5, True),
    )
    assert arc.points == [pytest.approx((10, 0)), pytest.approx((0, 10))] and not arc.is_closed
    assert (slot.points, slot.bulges, slot.is_closed) == ([(0, 0), (8, 0)], [1, 0], True)
    assert (chain.points, chain.is_closed) == ([(1, 1), (2, 1), (2, 2)], False)
    assert (text.text, text.points, text.path, point.points) == ("two lines", [(3, 4)], [], [(9, 9)])
    assert found.shapes("cut") == [circle] == found.shapes(kind="circle") and found.shapes("none") == []
    assert repr(circle) == "<a.dxf, shape 1, CIRCLE on CUT>"


@pytest.mark.parametrize(("code", "name"), [(0, ""), (1, "in"), (4, "mm"), (6, "m"), (17, "")])
def test_units_are_named_as_people_write_them(code, name):
    assert saved(drawn(units=code)[0]).units == name


def test_bounds_are_those_of_curves_and_not_of_their_ends():
    document, space = drawn()
    space.add_arc((0, 0), 10, 0, 180)
    space.add_text("far away").set_placement((500, 500))
    assert saved(document).bounds() == pytest.approx((-10, 0, 10, 10), abs=0.02)


def test_bounds_of_nothing_are_a_fault_of_the_file():
    with pytest.raises(DeliverableError, match="nothing is drawn on layer 'CUT'"):
        saved(drawn()[0]).bounds("CUT")


def test_blocks_are_put_in_where_they_stand():
    document, space = drawn()
    document.blocks.new("HOLE").add_circle((0, 0), 3)
    space.add_blockref("HOLE", (50, 30), dxfattribs={"xscale": 2, "yscale": 2})
    (hole,) = saved(document).shapes(kind="CIRCLE")
    assert (hole.center, hole.radius) == ((50, 30), 6)


def test_outlines_are_closed_shapes_and_chains_that_close():
    document, space = drawn()
    space.add_lwpolyline([(0, 0), (4, 0), (4, 3)], close=True)
    for start, end in (((10, 0), (20, 0)), ((20, 5), (10, 5)), ((10, 5), (10, 0))):
        space.add_line(start, end)
    space.add_lwpolyline([(20, 0, 0, 0, 1), (20, 5, 0, 0, 0)], format="xyseb")
    space.add_line((90, 0), (95, 0))
    triangle, rounded = saved(document).outlines()
    assert triangle == [(0, 0), (4, 0), (4, 3)]
    assert {(10, 0), (20, 0), (20, 5), (10, 5)} <= {(round(x, 6), round(y, 6)) for x, y in rounded}
    assert max(x for x, _ in rounded) == pytest.approx(22.5, abs=0.01)


def test_a_layer_of_closed_shapes_alone_and_an_empty_one_have_their_outlines():
    document, space = drawn()
    space.add_circle((0, 0), 5, dxfattribs={"layer": "HOLES"})
    found = saved(document)
    assert [len(found.outlines("HOLES")), found.outlines("CUT")] == [1, []]


@pytest.mark.parametrize("miss", [0.005, 0.5])
def test_ends_meet_within_a_gap(miss):
    document, space = drawn()
    for start, end in (((0, 0), (9, 0)), ((9, miss), (9, 9)), ((9, 9), (0, 0))):
        space.add_line(start, end)
    assert len(saved(document).outlines()) == (miss < 0.01)


def test_files_of_small_programs_are_read():
    (line,) = Drawing("old.dxf", tags(*LINE)).shapes("CUT")
    assert line.points == [(0, 0), (5, 7)] and Drawing("old.dxf", tags(*LINE)).units == ""


@pytest.mark.parametrize("cap", ["MOST_BYTES", "MOST_SHAPES", "MOST_VERTICES"])
def test_what_holds_too_much_is_refused(cap, monkeypatch):
    monkeypatch.setattr(drawings, cap, 1)
    with pytest.raises(DeliverableError, match=r"a\.dxf: holds more than 1 "):
        Drawing("a.dxf", tags(*LINE, *LINE))


def test_blocks_in_blocks_do_not_unfold_without_end():
    document, space = drawn()
    document.blocks.new("B0").add_point((0, 0))
    for depth in range(1, 12):
        block = document.blocks.new(f"B{depth}")
        for x in range(10):
            block.add_blockref(f"B{depth - 1}", (x, 0))
    space.add_blockref("B11", (0, 0))
    with pytest.raises(DeliverableError, match="holds more than 20,000 shapes"):
        saved(document)


def test_a_block_repeated_in_rows_does_not_unfold_without_end():
    document, space = drawn()
    document.blocks.new("B").add_point((0, 0))
    grid = {"row_count": 30000, "column_count": 30000, "row_spacing": 1, "column_spacing": 1}
    space.add_blockref("B", (0, 0), dxfattribs=grid)
    with pytest.raises(DeliverableError, match="holds more than 20,000 shapes"):
        saved(document)


@pytest.mark.parametrize("value", ["1e300", "nan", "inf"])
def test_a_point_that_lies_nowhere_is_the_files_fault(value):
    with pytest.raises(DeliverableError, match=r"^a\.dxf"):
        Drawing("a.dxf", tags((0, "LINE"), (8, "0"), (10, value), (20, 0), (11, 5), (21, 7)))


@pytest.mark.parametrize("content", [b"", b"no drawing", b"0\nSECTION\n", b"\0" * 99])
def test_what_is_no_drawing_is_refused(content):
    with pytest.raises(DeliverableError, match=r"^a\.dxf: "):
        Drawing("a.dxf", content).bounds()
