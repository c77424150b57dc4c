"""Solids made of triangles."""

import struct

import pytest
import trimesh

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import solids
from hapi_pytest.readers.solids import Solid


def saved(mesh: trimesh.Trimesh, form: str = "stl") -> bytes:
    content = mesh.export(file_type=form)
    return content.encode() if isinstance(content, str) else content


def box(*size: float, at: tuple[float, float, float] = (0, 0, 0)) -> trimesh.Trimesh:
    made = trimesh.creation.box(size)
    made.apply_translation(at)
    return made


@pytest.mark.parametrize("form", ["stl", "stl_ascii"])
def test_a_box_is_measured(form):
    solid = Solid("a.stl", saved(box(10, 20, 30), form))
    assert (solid.is_watertight, solid.bodies, solid.volume) == (True, 1, pytest.approx(6000))
    assert (solid.bounds, solid.size) == (((-5, -10, -15), (5, 10, 15)), (10, 20, 30))
    assert repr(solid) == "<a.stl: 12 triangles>"


def test_points_inside_the_material_are_told():
    hollow = trimesh.util.concatenate([box(10, 10, 10), box(6, 6, 6)])
    hollow.faces[12:] = hollow.faces[12:, ::-1]  # the room inside faces the other way
    solid = Solid("a.stl", saved(hollow))
    assert [solid.holds((x, 0.1, 0.2)) for x in (0, 2.9, 3.1, 4.9, 5.1, 99)] == [False, False, True, True, False, False]
    assert solid.volume == pytest.approx(1000 - 216)


def test_a_body_inside_out_is_measured_alike():
    made = box(10, 20, 30)
    made.invert()
    solid = Solid("a.stl", saved(made))
    assert solid.volume == pytest.approx(6000) and solid.is_watertight and solid.holds((0, 0, 0))


def test_bodies_are_counted_and_holes_seen():
    two = trimesh.util.concatenate([box(1, 1, 1), box(1, 1, 1, at=(5, 0, 0))])
    assert Solid("a.stl", saved(two)).bodies == 2
    opened = box(1, 1, 1)
    opened.update_faces([True] * 11 + [False])
    assert not Solid("a.stl", saved(opened)).is_watertight


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(solids, "MOST_BYTES", 100)
    with pytest.raises(DeliverableError, match=r"a\.stl: holds more than 100 bytes"):
        Solid("a.stl", saved(box(1, 1, 1)))


def triangle(*values: float) -> bytes:
    return bytes(80) + struct.pack("<I", 1) + struct.pack("<12fH", *values, 0)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"no solid", b"solid x\nendsolid x\n", bytes(84), bytes(80) + b"\xff\xff\xff\xff"),
        triangle(0, 0, 1, 0, 0, 0, 1, 0, 0, float("nan"), 1, 0),
        triangle(0, 0, 1, 0, 0, 0, 1, 0, 0, 1e38, 1, 0),
    ],
)
def test_what_is_no_solid_is_refused(content):
    with pytest.raises(DeliverableError, match=r"^a\.stl: "):
        Solid("a.stl", content)
