"""Solids as triangles, as 3D printers take them."""

import functools
import io
import logging

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading

MOST_BYTES = 60_000_000
"""About a million triangles in a binary file, and a quarter of that as text."""

Point = tuple[float, float, float]


class Solid:
    """An stl file, text or binary."""

    def __init__(self, name: str, content: bytes) -> None:
        import numpy
        import trimesh

        logging.getLogger("trimesh").setLevel(logging.CRITICAL + 1)  # it logs what it finds wrong
        Allowance(name, MOST_BYTES, "bytes").take(len(content))
        self.name = name
        with reading(name, "an stl file"):
            self._mesh = trimesh.load_mesh(io.BytesIO(content), file_type="stl")
            self._corners = numpy.asarray(self._mesh.triangles, dtype=float)
        if not len(self._corners):
            raise DeliverableError(f"{name}: holds no triangle")
        if not (abs(self._corners) < scalars.LARGEST**0.25).all():
            raise DeliverableError(f"{name}: a corner lies nowhere")

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self._corners)} triangles>"

    @functools.cached_property
    def is_watertight(self) -> bool:
        """Whether every edge belongs to two triangles that go round it in opposite directions."""
        return bool(self._mesh.is_watertight and self._mesh.is_winding_consistent)

    @functools.cached_property
    def bodies(self) -> int:
        """How many pieces there are that do not touch along an edge."""
        return int(self._mesh.body_count)

    @functools.cached_property
    def volume(self) -> float:
        """What the triangles enclose, in cubes of the file's unit; a body inside out counts like any other."""
        import numpy

        a, b, c = numpy.moveaxis(self._corners, 1, 0)
        return abs(float(numpy.einsum("ij,ij->", a, numpy.cross(b, c)))) / 6

    @functools.cached_property
    def bounds(self) -> tuple[Point, Point]:
        """The least and the greatest x, y and z."""
        low, high = self._corners.min(axis=(0, 1)), self._corners.max(axis=(0, 1))
        return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))

    @property
    def size(self) -> Point:
        """Extent along x, y and z."""
        low, high = self.bounds
        return high[0] - low[0], high[1] - low[1], high[2] - low[2]

    def holds(self, point: Point) -> bool:
        """Tell whether a point lies inside the material; points on the surface may be told either way.

        By the winding number: the solid angles of all triangles seen from the point, divided by the full sphere. The
        angle of one is A. van Oosterom and J. Strackee, The Solid Angle of a Plane Triangle, 1983.
        """
        import numpy

        a, b, c = numpy.moveaxis(self._corners - numpy.asarray(point, dtype=float), 1, 0)
        far_a, far_b, far_c = (numpy.linalg.norm(corner, axis=1) for corner in (a, b, c))
        over = numpy.einsum("ij,ij->i", a, numpy.cross(b, c))
        under = far_a * far_b * far_c
        for one, two, far in ((a, b, far_c), (b, c, far_a), (c, a, far_b)):
            under = under + numpy.einsum("ij,ij->i", one, two) * far
        angles = 2 * numpy.arctan2(over, under)
        return bool(abs(angles.sum()) > 2 * numpy.pi)
