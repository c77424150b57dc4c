"""Choosing the rung that holds on this host, or telling what to do when none does."""

import functools
import sys
import tempfile
from pathlib import Path

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import diagnosis
from hapi_pytest.sandbox.contract import Sandbox

RUNGS = ("bwrap", "landlock")
ALLOWED = ("auto", *RUNGS, "none")
PROBE_SECONDS = 20.0


def choose(wanted: str) -> Sandbox:
    """Return the wanted sandbox, or with "auto" the first rung that holds; raises SandboxError when none does."""
    if wanted not in ALLOWED:
        raise SandboxError(f"no sandbox is named {wanted!r}\n  allowed: {', '.join(ALLOWED)}")
    if wanted == "none" and sys.platform != "win32":
        return _made(wanted)
    reasons: dict[str, str] = {}
    for rung in RUNGS if wanted in ("auto", "none") else (wanted,):
        found = _probed(rung)
        if not isinstance(found, str):
            return found
        reasons[rung] = found
    raise SandboxError(diagnosis.told(reasons))


@functools.cache
def _probed(rung: str) -> Sandbox | str:
    """Return the rung after it ran a command, or why it could not; once per process."""
    if sys.platform != "linux":
        return f"needs Linux, and this is {sys.platform}"
    try:
        sandbox = _made(rung)
        with tempfile.TemporaryDirectory(prefix="hapi-probe-") as folder:
            done = sandbox.run(Path(folder), ["python3", "-c", "pass"], seconds=PROBE_SECONDS)
    except (SandboxError, OSError) as error:
        return str(error).strip()
    if done.exit_code != 0:
        return done.stderr.decode(errors="replace").strip() or f"`python3 -c pass` ended with {done.exit_code}"
    return sandbox


def _made(rung: str) -> Sandbox:
    # Late: these modules need what only Unix has, and we must be importable elsewhere to say so.
    from hapi_pytest.sandbox.bare import Bare
    from hapi_pytest.sandbox.bwrap import Bubblewrap
    from hapi_pytest.sandbox.landlock import Landlock

    made: dict[str, type[Bare] | type[Bubblewrap] | type[Landlock]]
    made = {"bwrap": Bubblewrap, "landlock": Landlock, "none": Bare}
    return made[rung]()
