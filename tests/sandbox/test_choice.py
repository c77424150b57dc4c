"""Which sandbox is chosen, and what a person reads when there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import Environment, choice, choose, diagnosis, environment
from hapi_pytest.sandbox import environment as environment_function
from tests.sandbox.conftest import sandbox_or_skip


@pytest.fixture
def forgotten():
    """A process that has not probed anything yet, before and after."""
    choice._probed.cache_clear()
    yield
    choice._probed.cache_clear()


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(SandboxError, match="'docker'") as caught:
        choose("docker")
    assert "auto, bwrap, landlock, none" in str(caught.value)


def test_auto_takes_the_first_rung_that_holds(box, forgotten):
    first = next(rung for rung in choice.RUNGS if not isinstance(choice._probed(rung), str))
    assert choose("auto").rung == first
    assert choose("auto") is choose("auto")
    assert choose(box.rung).rung == box.rung


def test_without_bwrap_auto_goes_down_to_landlock(forgotten, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    if isinstance(reason := choice._probed("landlock"), str):
        pytest.skip(f"landlock does not hold here: {reason}")
    assert choose("auto").rung == "landlock"
    with pytest.raises(SandboxError, match="bubblewrap is not installed") as caught:
        choose("bwrap")
    assert "apt-get install bubblewrap" in str(caught.value)
    assert "--sandbox none" in str(caught.value)


def test_when_nothing_holds_every_reason_and_fix_is_told(forgotten, monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(diagnosis, "_kernel", lambda name: "1" if "apparmor" in name else "")
    monkeypatch.setattr(diagnosis.os, "geteuid", lambda: 1000)

    def refused():
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("hapi_pytest.sandbox.landlock.abi", refused)
    with pytest.raises(SandboxError) as caught:
        choose("auto")
    text = str(caught.value)
    assert "bwrap:    bwrap: setting up uid map: Permission denied" in text
    assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in text
    assert "Landlock needs a Linux kernel from 5.13 on" in text
    assert "--sandbox none" in text


@pytest.mark.parametrize(
    ("rung", "reason", "kernel", "in_container", "expected"),
    [
        (
            "bwrap",
            "bwrap: No permissions to create new namespace",
            {"user/max_user_namespaces": "0"},
            False,
            "user.max_user",
        ),
        ("bwrap", "bwrap: x", {"kernel/unprivileged_userns_clone": "0"}, False, "kernel.unprivileged_userns_clone=1"),
        ("bwrap", "bwrap: Creating new namespace failed", {}, True, "seccomp=unconfined"),
        ("landlock", "Operation not supported", {}, False, "lsm="),
        ("landlock", "Operation not permitted", {}, False, "seccomp"),
    ],
)
def test_each_reason_has_its_fix(monkeypatch, rung, reason, kernel, in_container, expected):
    monkeypatch.setattr(diagnosis, "_kernel", lambda name: kernel.get(name, ""))
    monkeypatch.setattr(diagnosis, "is_container", lambda: in_container)
    assert expected in diagnosis.told({rung: reason})


PROBE = """
import sys
from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import choose
try: print(choose(sys.argv[1]).rung)
except SandboxError as error: print(error)
"""
NO_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
AS_IN_DOCKER = f"""
import ctypes
from hapi_pytest.sandbox import seccomp
seccomp.FORBIDDEN, seccomp.UNKNOWN = "mount umount2 pivot_root setns unshare", "clone3"
program = seccomp.program(has_namespaces=True)
class Head(ctypes.Structure): _fields_ = [("steps", ctypes.c_ushort), ("first", ctypes.c_char_p)]
c = ctypes.CDLL(None, use_errno=True)
assert c.prctl(38, 1, 0, 0, 0) == c.prctl(22, 2, ctypes.byref(Head(len(program) // 8, program))) == 0
{PROBE}"""


def probed(rung: str, *, before: tuple[str, ...] = (), code: str = PROBE) -> str:
    command = [*before, sys.executable, "-c", code, rung]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(choice.__file__).parents[2]
    ).stdout


def test_user_namespaces_that_are_off_are_told_with_the_line_that_turns_them_on():
    sandbox_or_skip("bwrap")
    before = ("unshare", "-Ur", "sh", "-c", NO_NAMESPACES, "sh")
    if subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("there are no user namespaces to turn off here")
    told = probed("bwrap", before=before)
    assert "bwrap:    bwrap: " in told
    assert "fix:      sudo sysctl -w user.max_user_namespaces=15000" in told


def test_a_filter_like_dockers_is_told_with_the_options_that_lift_it():
    sandbox_or_skip("bwrap")
    told = probed("bwrap", code=AS_IN_DOCKER)
    assert "bwrap:    bwrap: " in told
    assert f"fix:      {diagnosis.DOCKER}" in told


def test_without_namespaces_auto_goes_down_to_landlock():
    sandbox_or_skip("landlock")
    assert probed("auto", code=AS_IN_DOCKER) == "landlock\n"


@pytest.mark.parametrize(("platform", "expected"), [("darwin", "Linux container"), ("win32", "WSL 2")])
def test_other_systems_are_told_where_to_go(forgotten, monkeypatch, platform, expected):
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(SandboxError, match=expected):
        choose("auto")


def test_the_environment_is_told_by_sorted_names():
    found = environment()
    assert isinstance(found, Environment)
    assert {"bash", "python3", "grep", "sed", "sort"} <= set(found.programs)
    assert {"openpyxl", "pypdf", "python-docx"} <= set(found.packages)
    assert list(found.programs) == sorted(found.programs)
    assert list(found.packages) == sorted(found.packages)
    assert not any(character in name for name in (*found.programs, *found.packages) for character in "=/ ")
    assert environment() is environment_function()


def test_every_program_that_is_named_starts(box):
    names = " ".join(environment().programs)
    done = box.sh(f"for p in {names}; do command -v $p >/dev/null || echo $p; done")
    assert done.stdout == b""


def test_importing_us_starts_nothing_and_needs_no_unix_module():
    code = (
        "import sys\nfor name in ('fcntl', 'resource', 'ctypes'): sys.modules[name] = None\n"
        "from hapi_pytest.sandbox import choose, environment; environment()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
