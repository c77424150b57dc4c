"""Drawings of CAD programs."""

import io
import logging
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading

MOST_BYTES = 20_000_000
MOST_SHAPES = 20_000
MOST_VERTICES = 200_000
SEGMENTS = 24
"""Chords for each quarter of a circle: on a radius of 100 they stray 0.02 from it."""

UNITS = {1: "in", 2: "ft", 4: "mm", 5: "cm", 6: "m"}
"""By the number that DXF gives them."""

Point = tuple[float, float]


class Shape:
    """One entity of a drawing, seen from above."""

    def __init__(self, place: str, entity: Any) -> None:
        self.kind = str(entity.dxftype())
        """As DXF names it: LINE, CIRCLE, ARC, LWPOLYLINE, TEXT."""
        self.place = f"{place} {self.kind}"
        self.layer = str(entity.dxf.layer)
        self._entity = entity
        self.points: list[Point] = []
        """Ends of a line or an arc, corners of a polyline, where a text or a point stands."""
        self.bulges: list[float] = []
        """Of a polyline, one for each corner: the tangent of a quarter of the arc's angle to the next corner."""
        self.is_closed = self.kind == "CIRCLE"
        self.center: Point = (0.0, 0.0)
        """Of a circle or an arc."""
        self.radius = 0.0
        """Of a circle or an arc."""
        self.text = ""
        """Of a text, without formatting."""
        self._fill()

    def __repr__(self) -> str:
        return f"<{self.place} on {self.layer}>"

    def _fill(self) -> None:
        entity, dxf = self._entity, self._entity.dxf
        if self.kind in ("CIRCLE", "ARC"):
            self.center, self.radius = _flat(dxf.center), float(dxf.radius)
        if self.kind == "ARC":
            self.points = [_flat(entity.start_point), _flat(entity.end_point)]
        elif self.kind == "LINE":
            self.points = [_flat(dxf.start), _flat(dxf.end)]
        elif self.kind == "LWPOLYLINE":
            self.points = [_flat(corner) for corner in entity.vertices_in_wcs()]
            self.bulges = [float(bulge) for (bulge,) in entity.get_points("b")]
            self.is_closed = bool(entity.closed)
        elif self.kind == "POLYLINE" and not entity.is_poly_face_mesh and not entity.is_polygon_mesh:
            self.points = [_flat(corner) for corner in entity.points_in_wcs()]
            self.bulges = [float(vertex.dxf.get("bulge", 0)) for vertex in entity.vertices]
            self.is_closed = bool(entity.is_closed)
        elif self.kind in ("TEXT", "MTEXT"):
            self.points, self.text = [_flat(dxf.insert)], str(entity.plain_text())
        elif self.kind == "POINT":
            self.points = [_flat(dxf.location)]

    @property
    def path(self) -> list[Point]:
        """The shape as a chain of corners, curves cut into chords; empty for what has no path, such as a text."""
        from ezdxf import path

        with reading(self.place, "a path"):
            try:
                return [_flat(corner) for corner in path.make_path(self._entity).approximate(SEGMENTS)]
            except TypeError:  # of an entity that has none
                return []


class Drawing:
    """The model space of a dxf file, its blocks put in."""

    def __init__(self, name: str, content: bytes) -> None:
        from ezdxf import disassemble, recover

        logging.getLogger("ezdxf").setLevel(logging.CRITICAL + 1)  # it logs what it finds wrong
        Allowance(name, MOST_BYTES, "bytes").take(len(content))
        self.name = name
        shapes, vertices = Allowance(name, MOST_SHAPES, "shapes"), Allowance(name, MOST_VERTICES, "vertices")
        self._shapes: list[Shape] = []
        with reading(name, "a dxf drawing"):
            document, _ = recover.read(io.BytesIO(content))
            self.units = UNITS.get(document.header.get("$INSUNITS", 0), "")
            """What one unit of length is; empty when the file does not say, or names a rare one."""
            self.layers = [str(layer.dxf.name) for layer in document.layers]
            for number, entity in enumerate(disassemble.recursive_decompose(document.modelspace()), 1):
                shapes.take()
                self._shapes.append(_shape(f"{name}, shape {number},", entity))
                vertices.take(len(self._shapes[-1].points))

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self._shapes)} shapes>"

    def shapes(self, layer: str | None = None, kind: str | None = None) -> list[Shape]:
        """Return the shapes in the file's order, all or those of a layer or a kind; case does not matter."""
        found = self._shapes
        if layer is not None:
            found = [shape for shape in found if shape.layer.casefold() == layer.casefold()]
        if kind is not None:
            found = [shape for shape in found if shape.kind == kind.upper()]
        return list(found)

    def bounds(self, layer: str | None = None) -> tuple[float, float, float, float]:
        """Return least x and y and greatest x and y of everything that has a path; raises DeliverableError for none."""
        corners = [corner for shape in self.shapes(layer) for corner in shape.path]
        if not corners:
            raise DeliverableError(f"{self.name}: nothing is drawn{f' on layer {layer!r}' if layer else ''}")
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def outlines(self, layer: str | None = None, *, gap: float = 0.01) -> list[list[Point]]:
        """Return what is drawn closed as rings of corners, the first not repeated.

        A ring is a closed shape, or lines, arcs and open polylines whose ends meet within `gap` and where no third
        end is.
        """
        from ezdxf import edgeminer

        paths = [shape.path for shape in self.shapes(layer)]
        closed = [path for path in paths if len(path) > 2 and _apart(path[0], path[-1]) <= gap]
        open_ = [path for path in paths if len(path) > 1 and _apart(path[0], path[-1]) > gap]
        with reading(self.name, "outlines"):
            edges = [edgeminer.make_edge(path[0], path[-1], payload=path) for path in open_]
            for chain in edgeminer.find_all_simple_chains(edgeminer.Deposit(edges, gap_tol=gap)) if edges else ():
                if edgeminer.is_loop(chain, gap_tol=gap):
                    pieces = [edge.payload[::-1] if edge.is_reverse else edge.payload for edge in chain]
                    closed.append([*(corner for piece in pieces for corner in piece[:-1]), pieces[0][0]])
        return [path[:-1] for path in closed]


def _shape(place: str, entity: Any) -> Shape:
    with reading(place, "a shape"):
        return Shape(place, entity)


def _flat(point: Any) -> Point:
    """Return x and y; raises ValueError for a place that no drawing has."""
    x, y = float(point[0]), float(point[1])
    if not (abs(x) < scalars.LARGEST and abs(y) < scalars.LARGEST):
        raise ValueError("a point lies nowhere")
    return x, y


def _apart(one: Point, other: Point) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))
