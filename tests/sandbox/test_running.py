"""Commands run as they would in a shell of one's own."""

import concurrent.futures
import hashlib
import json
import os
import sys
import threading
import time

import pytest

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import bwrap, choose, launching, limits, surroundings


def test_output_and_exit_codes(box):
    done = box.sh("echo out; echo err >&2; exit 7")
    assert (done.exit_code, done.stdout, done.stderr) == (7, b"out\n", b"err\n")
    assert not done.is_timed_out
    assert not done.is_output_cut
    assert box.sh("true").exit_code == 0
    assert box.sh("kill -9 $$").exit_code == 137
    assert box.sh("kill -TERM $$").exit_code == 143


@pytest.mark.parametrize("name", ["no-such-program", "./missing.sh", "--help"])
def test_missing_programs_end_with_127(box, name):
    done = box.sandbox.run(box.workspace, [name])
    assert (done.exit_code, done.stdout) == (127, b"")
    assert done.stderr == f"{name}: command not found\n".encode()


def test_what_cannot_be_executed_ends_with_126(box):
    (box.workspace / "data.csv").write_text("a,b\n")
    (box.workspace / "data.csv").chmod(0o600)
    assert box.sandbox.run(box.workspace, ["./data.csv"]).exit_code in (126, 127)
    for bad in ("a\0b", "\ud800"):
        done = box.sandbox.run(box.workspace, ["echo", bad])
        assert done.exit_code == 126
        assert b"cannot start" in done.stderr
    assert box.sandbox.run(box.workspace, ["echo", "x" * 3_000_000]).exit_code == 126


def test_home_is_the_workspace(box):
    done = box.sh('touch made; test "$PWD" = "$HOME" && cd && pwd && echo tmp > "$TMPDIR/file" && cat "$TMPDIR/file"')
    assert done.exit_code == 0, done
    assert (box.workspace / "made").exists()
    if box.rung == "bwrap":
        assert done.stdout == b"/workspace\ntmp\n"


def test_sigpipe_is_as_in_a_shell(box):
    done = box.sh("yes | head -1; echo ${PIPESTATUS[0]}")
    assert done.stdout == b"y\n141\n"


def test_stdin_of_five_megabytes(box):
    content = os.urandom(5 * limits.MIB)
    done = box.python("import sys, hashlib; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())", stdin=content)
    assert done.stdout.decode().strip() == hashlib.sha256(content).hexdigest()
    assert box.sh("cat").stdout == b""
    assert box.sh("head -c 3; true", stdin=content).exit_code == 0


def test_python3_is_the_interpreter_that_runs_us(box):
    done = box.python("import sys, openpyxl, msgspec; print(sys.prefix, sys.version)")
    assert done.stdout.decode() == f"{sys.prefix} {sys.version}\n", done.stderr
    script = box.workspace / "tool.py"
    script.write_text("#!/usr/bin/env python3\nimport sys\nprint(sys.prefix)\n")
    script.chmod(0o755)
    assert box.sh("./tool.py").stdout.decode() == f"{sys.prefix}\n"


def test_openpyxl_writes_a_workbook(box):
    code = "import openpyxl; w = openpyxl.Workbook(); w.active['A1'] = 'é'; w.save('Übersicht 2024.xlsx')"
    done = box.python(code)
    assert done.exit_code == 0, done.stderr
    assert (box.workspace / "Übersicht 2024.xlsx").stat().st_size > 1000


def test_names_beyond_ascii_and_paths_with_blanks(box, tmp_path):
    workspace = tmp_path / "a b" / "été 'q' \"d\" 測試 [x]"
    workspace.mkdir(parents=True)
    (workspace / "naïve file 測試.txt").write_text("hello", encoding="utf-8")
    done = box.sandbox.run(workspace, ["bash", "-c", "cat 'naïve file 測試.txt'; printf é > 'ñ.txt'; ls"])
    assert done.stdout.decode() == "hello" + "naïve file 測試.txt\nñ.txt\n"
    assert (workspace / "ñ.txt").read_text(encoding="utf-8") == "é"
    assert done.exit_code == 0


def test_the_environment_is_small_and_fixed(box, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "CANARY-7c1f")
    monkeypatch.setenv("PYTHONPATH", "/CANARY-7c1f")
    done = box.python("import os, json; print(json.dumps(dict(os.environ)))")
    assert b"CANARY" not in done.stdout
    found = json.loads(done.stdout)
    small = {
        "PATH",
        "HOME",
        "PWD",
        "LANG",
        "LC_ALL",
        "TZ",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
        "TMPDIR",
        "OMP_NUM_THREADS",
    }
    assert set(found) - {"PYTHONUSERBASE", "SHLVL", "_", "OLDPWD", "GIT_CONFIG_NOSYSTEM"} == small
    assert found["TZ"] == "UTC"
    assert found["PATH"].split(":")[0] == os.path.dirname(sys.executable)


def test_several_threads_at_once(box, tmp_path):
    folders = [tmp_path / f"w{number}" for number in range(6)]
    for folder in folders:
        folder.mkdir()

    def one(number):
        return box.sandbox.run(
            folders[number], ["bash", "-c", f"echo {number} > f; cat; sleep 0.2"], stdin=b"%d" % number
        )

    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = list(pool.map(one, range(6)))
    assert [d.stdout for d in done] == [b"%d" % number for number in range(6)]
    assert [(folder / "f").read_text() for folder in folders] == [f"{number}\n" for number in range(6)]
    assert time.monotonic() - started < 5


def test_a_launcher_that_died_is_replaced(box):
    assert box.sh("true").exit_code == 0
    [launcher] = launching._running
    launcher._process.kill()
    launcher._process.wait()
    assert box.sh("true").exit_code == 0
    [other] = launching._running
    assert other is not launcher
    assert box.sh("echo well").stdout == b"well\n" and launching._running == [other]


def test_what_is_running_ends_well_when_its_launcher_dies(box):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = pool.submit(box.sh, "sleep 1; echo well")
        time.sleep(0.5)
        launching._running[0]._process.kill()
        assert running.result().stdout == b"well\n"
    assert box.sh("true").exit_code == 0


def test_a_launcher_that_cannot_start_is_told(box, monkeypatch):
    monkeypatch.setattr(launching, "_running", [])
    monkeypatch.setattr(launching, "START", "raise SystemExit")
    with pytest.raises(SandboxError, match="the sandbox's launcher"):
        box.sh("true")
    launching._close()


def test_nothing_is_left_open_or_on_disk(box, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    box.sh("mkdir -p $TMPDIR/a/b; touch $TMPDIR/a/b/c; ln -s / $TMPDIR/a/link; chmod 000 $TMPDIR/a")
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(3):
        box.sh("true", stdin=b"x")
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert not list(tmp_path.glob("hapi-sandbox-*"))
    assert threading.active_count() < 20


def test_a_workspace_that_is_not_there_is_our_mistake(box, tmp_path):
    with pytest.raises(SandboxError, match="no folder"):
        box.sandbox.run(tmp_path / "nowhere", ["true"])


def test_the_bare_rung_runs_too(tmp_path):
    bare = choose("none")
    done = bare.run(tmp_path, ["python3", "-c", "import openpyxl; open('f', 'w').write('x')"])
    assert (done.exit_code, (tmp_path / "f").read_text(), bare.rung) == (0, "x", "none")
    assert bare.run(tmp_path, ["sleep", "9"], seconds=0.2).is_timed_out


def test_a_host_whose_interpreter_lies_in_slash_workspace(monkeypatch):
    paths = ("/usr/bin", "/workspace/.venv/lib")
    monkeypatch.setattr(surroundings, "readable", lambda: paths)
    bwrap.place.cache_clear()
    assert bwrap.place() == "/project"
    bwrap.place.cache_clear()
