"""Interpreters and packages in odd places, and kernels of long ago."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from hapi_pytest.sandbox import landlock, ruleset, seccomp, surroundings
from tests.sandbox.conftest import sandbox_or_skip

ROOT = Path(surroundings.__file__).parents[2]
PACKAGES = sysconfig.get_path("purelib")
ASK = """
import json, sys
from pathlib import Path
import hapi_pytest
from hapi_pytest.sandbox import choose
box, results = choose(sys.argv[1]), {"ours": [0, hapi_pytest.__file__]}
for name, command in json.loads(sys.argv[3]).items():
    done = box.run(Path(sys.argv[2]), ["bash", "-c", command], seconds=5)
    results[name] = [done.exit_code, *(text.decode(errors="replace") for text in (done.stdout, done.stderr))]
print(json.dumps(results))
"""


def asked(
    python: list[str],
    rung: str,
    workspace: Path,
    commands: dict[str, str],
    root: Path | None = ROOT,
    **variables: str,
) -> dict[str, list]:
    """Run commands in a sandbox that another interpreter starts, with our package from `root` or installed in it."""
    path = ":".join(str(folder) for folder in (root, PACKAGES) if folder)
    done = subprocess.run(
        [*python, "-B", "-c", ASK, rung, str(workspace), json.dumps(commands)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "SECRET": "CANARY-7c1f", **variables},
        cwd="/",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def made_venv(folder: Path, names: tuple[str, ...]) -> Path:
    """Make a virtual environment by hand; `python -m venv` would take a second."""
    real = os.path.realpath(sys.executable)
    (folder / "bin").mkdir(parents=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / "lib" / version / "site-packages").mkdir(parents=True)
    (folder / "lib" / version / "site-packages" / "inside.py").write_text("here = 'inside'\n")
    (folder / "pyvenv.cfg").write_text(f"home = {os.path.dirname(real)}\ninclude-system-site-packages = false\n")
    for name in names:
        (folder / "bin" / name).symlink_to(real)
    return folder / "bin" / names[0]


@pytest.mark.parametrize("place", ["checkout/.venv", "checkout", "home/.venvs/suite", "home"])
@pytest.mark.parametrize("names", [("python", "python3"), ("python",)])
def test_an_interpreter_shows_its_prefix_and_nothing_around_it(box, tmp_path, place, names):
    around = tmp_path / place.split("/")[0]
    for name in ("projects/test_answers.py", "cassettes/x.json", ".hapi/runs/x", ".ssh/id", ".cache/x", "canary.txt"):
        (around / name).parent.mkdir(parents=True, exist_ok=True)
        (around / name).write_text("CANARY-7c1f")
    python = made_venv(tmp_path / place, names)
    found = asked(
        [str(python)],
        box.rung,
        box.workspace,
        {
            "python": "python3 -c 'import sys, inside; print(sys.prefix, inside.here)'",
            "env": "printf '#!/usr/bin/env python3\nimport inside; print(inside.here)' > x; chmod +x x; ./x",
            "read": f"cat {around}/canary.txt {around}/.ssh/* {around}/.hapi/*/*; grep -rsh CANARY- {around}",
            "list": f"ls -A {around}",
            "write": f"touch {python.parent}/new; echo bad >> {tmp_path / place}/pyvenv.cfg",
        },
    )
    assert found["python"][:2] == [0, f"{(tmp_path / place).resolve()} inside\n"], found["python"]
    assert found["env"][:2] == [0, "inside\n"]
    assert "CANARY" not in json.dumps(found)
    assert set(found["list"][1].split()) <= {"bin", "lib", "pyvenv.cfg", ".venv", ".venvs"}
    assert not (python.parent / "new").exists()
    assert "bad" not in (tmp_path / place / "pyvenv.cfg").read_text()


@pytest.mark.parametrize("is_editable", [True, False], ids=["editable", "plain"])
def test_the_package_is_hidden_however_it_was_installed(box, tmp_path, is_editable):
    python = made_venv(tmp_path / "venv", ("python", "python3"))
    site = next((tmp_path / "venv" / "lib").glob("*/site-packages"))
    root = tmp_path / "checkout" if is_editable else site
    package = root / "hapi_pytest"
    shutil.copytree(ROOT / "hapi_pytest", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "answers.py").write_text("CANARY-7c1f")
    if is_editable:
        (site / "_hapi_pytest.pth").write_text(f"{root}\n")
        (root / "projects").mkdir()
        (root / "projects" / "test_answers.py").write_text("CANARY-7c1f")
    found = asked(
        [str(python)],
        box.rung,
        box.workspace,
        {
            "sibling": "python3 -c 'import inside; print(inside.here)'",
            "import": "python3 -c 'import hapi_pytest.errors'",
            "read": f"cat {package}/*.py {package}/*/* {package}/answers.py {root}/projects/*",
        },
        root=None,
    )
    assert found["ours"][1] == f"{package}/__init__.py"
    assert found["sibling"][:2] == [0, "inside\n"]
    assert found["import"][0] == 1
    assert "No module named 'hapi_pytest" in found["import"][2] or "ermission" in found["import"][2]
    assert (found["read"][0], found["read"][1]) == (1, "")


def test_packages_of_the_user_are_found_and_nothing_around_them(box, tmp_path):
    home = tmp_path / "home"
    site = home / ".local" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    site.mkdir(parents=True)
    (site / "mine.py").write_text("here = 'mine'\n")
    (home / ".local" / "share").mkdir()
    for name in (".netrc", ".local/share/keyring"):
        (home / name).write_text("CANARY-7c1f")
    found = asked(
        [os.path.realpath(sys.executable)],
        box.rung,
        box.workspace,
        {
            "python": "python3 -c 'import mine; print(mine.here)'",
            "read": f"cat {home}/.netrc {home}/.local/share/*",
            "write": f"echo bad >> {site}/mine.py",
        },
        PYTHONUSERBASE=str(home / ".local"),
    )
    assert found["python"][:2] == [0, "mine\n"], found["python"]
    assert "CANARY" not in json.dumps(found)
    assert "bad" not in (site / "mine.py").read_text()


@pytest.fixture
def old_kernel(monkeypatch):
    """The landlock rung as if the kernel had the first version of it."""
    sandbox_or_skip("landlock")
    monkeypatch.setattr(ruleset, "abi", lambda: 1)
    monkeypatch.setattr(landlock, "abi", lambda: 1)
    return landlock.Landlock()


def test_an_old_kernel_cannot_truncate_outside(old_kernel, tmp_path, canary, monkeypatch):
    workspace, readable = tmp_path / "workspace", tmp_path / "readable"
    workspace.mkdir()
    readable.mkdir()
    (readable / "file").write_text("keep")
    normal = surroundings.readable()
    monkeypatch.setattr(surroundings, "readable", lambda: (*normal, str(readable)))
    code = (
        "import os, sys\nprint(open(sys.argv[1]).read())\n"
        "for path in sys.argv[1:]:\n"
        "    empty = lambda: os.truncate(path, 0), lambda: os.open(path, os.O_TRUNC), lambda: open(path, 'w')\n"
        "    for change in empty:\n"
        "        try: change(); print('changed')\n        except OSError as error: print(error.errno)\n"
        "open('mine', 'w').write('abc'); open('mine', 'w').write('x'); open('mine', 'r+').truncate(0)\n"
    )
    done = old_kernel.run(workspace, ["python3", "-c", code, str(readable / "file"), str(canary)])
    assert done.exit_code == 0, done.stderr
    assert b"keep" in done.stdout
    assert b"changed" not in done.stdout
    assert (readable / "file").read_text() == "keep"
    assert canary.read_text() == "CANARY-7c1f\n"
    assert (workspace / "mine").read_text() == ""


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("has_namespaces", [True, False])
@pytest.mark.parametrize("is_truncate_held", [True, False])
def test_every_jump_of_a_filter_lands_inside_it(monkeypatch, machine, has_namespaces, is_truncate_held):
    monkeypatch.setattr("platform.machine", lambda: machine)
    seccomp.program.cache_clear()
    content = seccomp.program(has_namespaces=has_namespaces, is_truncate_held=is_truncate_held)
    seccomp.program.cache_clear()
    assert len(content) % 8 == 0
    size = len(content) // 8
    assert size < 4096
    for at in range(size):
        code = int.from_bytes(content[8 * at : 8 * at + 2], "little")
        if code & 7 == 5:
            assert all(at + 1 + content[8 * at + side] < size for side in (2, 3))
    assert int.from_bytes(content[-8:-6], "little") == seccomp.RETURN
