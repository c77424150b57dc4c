"""Interpreters in odd places, ordinary users, and kernels of long ago."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.sandbox import landlock, ruleset, seccomp, surroundings
from tests.sandbox.conftest import sandbox_or_skip

ROOT = Path(surroundings.__file__).parents[2]
PACKAGES = sysconfig.get_path("purelib")
ASK = """
import json, sys
from pathlib import Path
from hapi_pytest.sandbox import choose
box, results = choose(sys.argv[1]), {}
for name, command in json.loads(sys.argv[3]).items():
    done = box.run(Path(sys.argv[2]), ["bash", "-c", command], seconds=2.5)
    results[name] = [done.exit_code, done.stdout.decode(), done.stderr.decode(), done.is_timed_out]
print(json.dumps(results))
"""


STARTS = "import hapi_pytest.sandbox"


def asked(
    python: list[str], rung: str, workspace: Path, commands: dict[str, str], root: Path = ROOT
) -> dict[str, list]:
    """Run commands in a sandbox that another interpreter starts."""
    path = f"{root}:{PACKAGES}"
    done = subprocess.run(
        [*python, "-B", "-c", ASK, rung, str(workspace), json.dumps(commands)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "SECRET": "CANARY-7c1f"},
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


@pytest.mark.parametrize("place", [".venv", "."])
@pytest.mark.parametrize("names", [("python", "python3"), ("python",)])
def test_a_venv_in_a_checkout_hides_the_rest_of_it(box, tmp_path, place, names):
    checkout = tmp_path / "checkout"
    (checkout / "projects").mkdir(parents=True)
    (checkout / "projects" / "test_answers.py").write_text("CANARY-7c1f")
    (checkout / "canary.txt").write_text("CANARY-7c1f")
    python = made_venv(checkout / place, names)
    found = asked(
        [str(python)],
        box.rung,
        box.workspace,
        {
            "python": "python3 -c 'import sys, inside; print(sys.prefix, inside.here)'",
            "env": "printf '#!/usr/bin/env python3\nimport inside; print(inside.here)' > x; chmod +x x; ./x",
            "read": f"cat {checkout}/canary.txt {checkout}/projects/*; ls {checkout}/projects",
            "list": f"ls -A {checkout}",
        },
    )
    assert found["python"][:2] == [0, f"{(checkout / place).resolve()} inside\n"], found["python"]
    assert found["env"][:2] == [0, "inside\n"]
    assert "CANARY" not in json.dumps(found)
    assert "canary.txt" not in found["list"][1]


def test_the_package_installed_in_the_interpreter_is_hidden(box, tmp_path):
    python = made_venv(tmp_path / "venv", ("python", "python3"))
    site = next((tmp_path / "venv" / "lib").glob("*/site-packages"))
    shutil.copytree(ROOT / "hapi_pytest", site / "hapi_pytest", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "hapi_pytest" / "answers.py").write_text("CANARY-7c1f")
    found = asked(
        [str(python)],
        box.rung,
        box.workspace,
        {
            "sibling": "python3 -c 'import inside; print(inside.here)'",
            "import": "python3 -c 'import hapi_pytest.errors'",
            "read": f"cat {site}/hapi_pytest/*.py {site}/hapi_pytest/*/*",
        },
        root=site,
    )
    assert found["sibling"][:2] == [0, "inside\n"]
    assert found["import"][0] == 1
    assert (found["read"][0], found["read"][1]) == (1, "")


def ordinary_user(packages: Path) -> list[str]:
    """Return a command line that starts a Python as nobody, or skip and say what is missing."""
    if os.geteuid() != 0:
        return [sys.executable]
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv (apt-get install util-linux) to become an ordinary user with")
    become = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    tried = []
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        command = [*become, python]
        done = subprocess.run(
            # Twice, because setpriv itself can start what its user cannot.
            [*command, "-c", f"import os, sys; os.execv(sys.executable, ['python', '-c', {STARTS!r}])"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages)},
            capture_output=True,
            check=False,
            cwd="/",
        )
        if done.returncode == 0:
            return command
        tried.append(f"{python}: {done.stderr.decode().strip()[-200:]}")
    pytest.skip("no interpreter that an ordinary user can start with our packages:\n" + "\n".join(tried))


@pytest.fixture(scope="session")
def packages_for_all() -> Iterator[Path]:
    """Copy what the sandbox imports to where every user may read it: checkout and environment may be root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="hapi-packages-"))
    folder.chmod(0o755)
    for name in ("hapi_pytest", "msgspec"):
        source = Path(importlib.util.find_spec(name).origin).parent
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_is_walled_in_too(box, canary, packages_for_all):
    python = ordinary_user(packages_for_all)
    folder = Path(tempfile.mkdtemp(prefix="hapi-test-"))
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    try:
        workspace, secret = folder / "workspace", folder / "canary.txt"
        workspace.mkdir()
        secret.write_text("CANARY-7c1f")
        for path in (folder, workspace, secret):
            os.chown(path, user, -1)
        found = asked(
            python,
            box.rung,
            workspace,
            {
                "works": "echo hello > f; cat f; python3 -c 'print(1 + 1)'; mkdir d; mv f d/f",
                "read": f"cat {secret} ../canary.txt /proc/*/environ; ln -s {secret} l; cat l",
                "write": f"echo bad > {secret}; echo bad > {folder}/new; truncate -s 0 {secret}",
                "network": "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 22))'",
                "namespaces": "unshare -Urm true",
                "kill": "kill -9 $PPID; kill -9 -1; true",
                "survivor": "(setsid bash -c 'while sleep 0.02; do echo >> late; done' &); sleep 0.1",
                "bomb": "bomb() { bomb | bomb & }; bomb; sleep 1",
                "memory": "python3 -c 'bytearray(8 << 30)'",
                "deadline": "sleep 60 & setsid sleep 60",
                "locked": "mkdir $TMPDIR/no; touch $TMPDIR/no/f; chmod 000 $TMPDIR/no",
            },
            root=packages_for_all,
        )
        assert found["works"][:2] == [0, "hello\n2\n"], found["works"]
        assert (workspace / "d" / "f").stat().st_uid == user
        assert "CANARY" not in json.dumps(found)
        assert secret.read_text() == "CANARY-7c1f"
        assert not (folder / "new").exists()
        assert found["network"][0] != 0
        assert found["namespaces"][0] != 0
        assert found["bomb"][0] in (0, 124, 137)
        assert "MemoryError" in found["memory"][2]
        assert found["deadline"][3] is True
        size = (workspace / "late").stat().st_size
        assert size == (workspace / "late").stat().st_size > 0
    finally:
        shutil.rmtree(folder)


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
