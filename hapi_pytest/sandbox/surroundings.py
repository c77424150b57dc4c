"""What a command sees of the host: folders that it may read and environment variables."""

import functools
import glob
import os
from pathlib import Path

from hapi_pytest.sandbox import interpreter

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOP_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("ImageMagick-*", "alternatives", "fonts", "java-*", "ld.so.cache")
"""Settings without which programs do not run; others would make outputs depend on the host."""


@functools.cache
def readable() -> tuple[str, ...]:
    """Return everything that may be read besides the workspace: files, folders, and links among them."""
    parts = [f"{base}/{name}" for base in ("/usr", "/usr/local") for name in interpreter.PARTS]
    settings = [path for pattern in ETC for path in sorted(glob.glob(f"/etc/{pattern}"))]
    paths = dict.fromkeys((*TOP_FOLDERS, *parts, *settings, *interpreter.readable()))
    return tuple(path for path in paths if os.path.lexists(path) and os.path.exists(path))


def hidden() -> str:
    """Return the folder of this very package, which nobody needs to read even when it is installed in a prefix."""
    return os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def variables(home: str, temporary: str, extra_programs: str = "") -> dict[str, str]:
    """Return the whole environment of a command."""
    first = [extra_programs] if extra_programs else []
    return {
        "PATH": ":".join([*first, interpreter.folder(), SYSTEM_PATH]),
        "HOME": home,
        "PWD": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TMPDIR": temporary,
        # Sums of many threads depend on how many there are, and each reserves address space.
        "OMP_NUM_THREADS": "1",
        **interpreter.variables(),
    }


def names(scratch: Path) -> str:
    """Return a folder with `python3` and `python` when the interpreter's own has others of that name, or nothing."""
    if not interpreter.missing_names():
        return ""
    interpreter.write_missing_names(scratch / "bin")
    return str(scratch / "bin")
