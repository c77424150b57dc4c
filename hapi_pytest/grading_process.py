"""The process in which checks run: a pytest session that imports rubrics as pytest does, and grades instead of testing.

Its assertions are rewritten, so that a mark's reason says what was compared, and worded the same whatever `-v` or `CI`
say to the run. It takes orders from a socket and answers there; whatever checks print is dropped.
"""

import functools
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapi_pytest import isolated
from hapi_pytest.deliverable import Deliverable
from hapi_pytest.errors import HapiError, RubricError
from hapi_pytest.grading import given, mark
from hapi_pytest.network import blocked
from hapi_pytest.orders import ERRORS, Began, Done, Exhausted, Marked, Message, Order, Reading, Unscored
from hapi_pytest.projects import load
from hapi_pytest.rubric import Rubric
from hapi_pytest.sandbox import Sandbox, choose, temporary_folder

SPARE_SECONDS = 5
"""How much later than whoever gave the order we end ourselves: it may be dead."""
PLAIN = ("-c", "/dev/null", "--noconftest", "--disable-plugin-autoload", "--import-mode=importlib", "-s")
"""No settings, conftest files or plugins of the suite: they are for tests, and could change a verdict."""


def main() -> None:
    """Grade until the socket closes; the arguments are its number and the suite's root folder."""
    isolated.limit()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        pytest.main([*PLAIN, "-p", "no:cacheprovider", f"--rootdir={sys.argv[2]}"], plugins=[Session(connection)])


class Session:
    """The pytest plugin that replaces collection and tests by orders."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._orders = msgspec.json.Decoder(Order)

    def pytest_collection(self) -> bool:
        """Collect nothing: rubrics are imported when they are asked for."""
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Carry out orders until there are no more."""
        modules = functools.cache(lambda path: pytest.Module.from_parent(session, path=Path(path)))
        with blocked(), self._connection.makefile("rb") as lines:
            for line in lines:
                order = self._orders.decode(line)
                item = Grading.from_parent(modules(order.rubric), name="grading", order=order, say=self._say)
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        """Carry an order out without fixtures and reports; what explains assertions is wrapped around this."""
        item.runtest()
        return True

    def _say(self, message: Message) -> None:
        self._connection.sendall(msgspec.json.encode(message) + b"\n")


class Grading(pytest.Item):
    """One order as an item of its rubric's module, because pytest explains assertions only while an item runs."""

    def __init__(self, *, order: Order, say: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self._order, self._say = order, say
        self._rung = ""

    def runtest(self) -> None:
        """Decide the order's criteria and say each at once."""
        try:
            self._decide()
        except MemoryError:
            self._say(Exhausted())
        except HapiError as error:
            kind = next((name for name, known in ERRORS.items() if isinstance(error, known)), RubricError.__name__)
            self._say(Unscored(kind, str(error)))
        except Exception as error:
            self._say(Unscored(RubricError.__name__, f"{self._order.rubric}: {type(error).__name__}: {error}"))
        else:
            self._say(Done(self._rung))
        finally:
            signal.alarm(0)

    def _decide(self) -> None:
        order, module = self._order, self.getparent(pytest.Module)
        assert module
        rubric = module.obj.rubric
        assert isinstance(rubric, Rubric)
        project = load(Path(order.folder))
        variant = project.variant(order.variant, order.seed)
        if order.files is None:
            with temporary_folder() as folder:
                written = Deliverable.written(folder, project.reference(variant))
                self._mark(rubric, given(written, variant.facts, self._sandbox))
        else:
            paths = {name: Path(path) for name, path in order.files.items()}
            watched = Deliverable(paths, refused=order.refused, watch=lambda name: self._say(Reading(name)))
            self._mark(rubric, given(watched, variant.facts, self._sandbox))

    def _mark(self, rubric: Rubric, available: Mapping[str, Any]) -> None:
        for criterion in rubric.criteria:
            if criterion.id in self._order.criteria:
                self._say(Began(criterion.id))
                signal.alarm(int(self._order.seconds) + SPARE_SECONDS)
                self._say(Marked(mark(criterion, available)))

    def _sandbox(self) -> Sandbox:
        chosen = choose(self._order.sandbox)
        self._rung = chosen.rung
        return chosen
