"""Running what was handed in: a program's folder, command and input, and what became of it."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from hapi_pytest import forks
from hapi_pytest.deliverable import written
from hapi_pytest.errors import DeliverableError
from hapi_pytest.sandbox import Finished, Sandbox, temporary_folder
from hapi_pytest.workspace import Workspace

SPARE_SECONDS = 5


class Program(msgspec.Struct, frozen=True):
    """A command with the files of its folder and what it reads."""

    argv: Sequence[str]
    files: Mapping[str, bytes | str] = {}
    stdin: str | bytes = b""


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a handed-in program did."""

    exit_code: int
    stdout: str
    stderr: str
    files: Mapping[str, bytes]
    """Every file in the program's folder afterwards."""


class Programs:
    """The `sandbox` argument of a check: runs handed-in programs and reads their results from the pipe.

    Checks that ask for the same runs share them, also when they failed.
    """

    def __init__(self, sandbox: Callable[[], Sandbox]) -> None:
        self._sandbox = sandbox
        self._shared: dict[object, Mapping[str, Ran | str] | str] = {}
        """What became of programs, or why nothing did."""

    def run(
        self, argv: Sequence[str], files: Mapping[str, bytes | str], *, stdin: str | bytes = b"", seconds: float = 20
    ) -> Ran:
        """Run a command in a fresh folder that holds `files`, without network.

        Raises DeliverableError when it takes longer than `seconds`.
        """
        return self._once(self._alone, {"it": Program(argv, files, stdin)}, seconds)["it"]

    def run_all(self, programs: Mapping[str, Program], *, seconds: float = 20) -> "Runs":
        """Run several commands at once, each in a fresh folder of its own, in one sandbox without network.

        That takes little longer than one of them does. Raises DeliverableError when the sandbox had to stop them all.
        """
        return self._once(self._together, programs, seconds)

    def _once(
        self,
        make: Callable[[Mapping[str, Program], float], Mapping[str, Ran | str]],
        programs: Mapping[str, Program],
        seconds: float,
    ) -> "Runs":
        key = (make.__name__, tuple((name, _frozen(program)) for name, program in programs.items()), seconds)
        if key not in self._shared:
            try:
                self._shared[key] = make(programs, seconds)
            except DeliverableError as error:
                self._shared[key] = str(error)
        made = self._shared[key]
        if isinstance(made, str):
            raise DeliverableError(made)
        return Runs(made)

    def _alone(self, programs: Mapping[str, Program], seconds: float) -> dict[str, Ran | str]:
        ((name, program),) = programs.items()
        with temporary_folder() as folder:
            written(folder, program.files)
            done = self._sandbox().run(folder, program.argv, stdin=_encoded(program.stdin), seconds=seconds)
            if done.is_timed_out:
                return {name: _late(program.argv, seconds)}
            return {name: _ran(folder, done.exit_code, done.stdout, done.stderr)}

    def _together(self, programs: Mapping[str, Program], seconds: float) -> dict[str, Ran | str]:
        commands = [list(program.argv) for program in programs.values()]
        told = json.dumps({"commands": commands, "seconds": seconds}).encode()
        with temporary_folder() as folder:
            for number, program in enumerate(programs.values()):
                (folder / str(number)).mkdir()
                written(folder / str(number), program.files)
                (folder / f"{number}.stdin").write_bytes(_encoded(program.stdin))
            start = [forks.PYTHON, "-c", Path(forks.__file__).read_text(encoding="utf-8")]
            done = self._sandbox().run(folder, start, stdin=told, seconds=seconds + SPARE_SECONDS)
            ended = _read(done, len(programs))
            return {
                name: _late(program.argv, seconds) if code is None else _ran(folder / str(number), code, out, err)
                for number, ((name, program), (code, out, err)) in enumerate(zip(programs.items(), ended, strict=True))
            }


class Runs:
    """What became of several programs, by name."""

    def __init__(self, made: Mapping[str, Ran | str]) -> None:
        self._made = made

    def __getitem__(self, name: str) -> Ran:
        """Return what a program did; raises DeliverableError when it took too long."""
        made = self._made[name]
        if isinstance(made, str):
            raise DeliverableError(made)
        return made


def _read(done: Finished, count: int) -> list[tuple[int | None, bytes, bytes]]:
    """Return what the sandbox tells of its commands; raises DeliverableError where it was stopped or brought down."""
    try:
        ended = msgspec.json.decode(done.stdout, type=list[tuple[int | None, bytes, bytes]])
    except msgspec.DecodeError:
        ended = []
    if len(ended) != count:
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise DeliverableError(f"the programs that were handed in ended together: {said or 'nobody says why'}")
    return ended


def _ran(folder: Path, exit_code: int, stdout: bytes, stderr: bytes) -> Ran:
    left = Workspace(folder).everything().files
    return Ran(
        exit_code=exit_code,
        stdout=stdout.decode(errors="replace"),
        stderr=stderr.decode(errors="replace"),
        files={name: path.read_bytes() for name, path in left.items() if os.access(path, os.R_OK)},
    )


def _late(argv: Sequence[str], seconds: float) -> str:
    return f"{' '.join(argv)}: was stopped after {seconds:g} seconds"


def _encoded(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _frozen(program: Program) -> object:
    return tuple(program.argv), tuple(sorted(program.files.items())), program.stdin
