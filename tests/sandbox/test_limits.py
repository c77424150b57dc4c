"""What a command may use, and that nothing of it is left."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hapi_pytest.sandbox import limits


def is_alive(mark: str) -> bool:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark in (entry / "cmdline").read_bytes().decode(errors="replace") and int(entry.name) != os.getpid():
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                    if state not in "ZX":
                        return True
            except (OSError, IndexError):
                continue
    return False


@pytest.fixture
def mark() -> str:
    """An argument of `sleep` that nothing else has."""
    return f"60.{time.monotonic_ns() % 10**9:09d}{os.getpid():07d}"


def test_the_deadline_ends_the_tree(box, mark):
    started = time.monotonic()
    done = box.sh(
        f"echo before; setsid sleep {mark} & (setsid bash -c 'sleep {mark} & sleep {mark}' &) ; sleep {mark}",
        seconds=0.6,
    )
    assert time.monotonic() - started < 3
    assert done.is_timed_out
    assert done.exit_code == 124
    assert done.stdout == b"before\n"
    assert done.stderr.endswith(b"sandbox: stopped after 0.6 seconds\n")
    assert not is_alive(mark)


def test_a_command_that_ignores_signals_dies_at_the_deadline(box):
    code = (
        "import signal, time\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except OSError: pass\ntime.sleep(60)"
    )
    started = time.monotonic()
    assert box.python(code, seconds=0.6).is_timed_out
    assert time.monotonic() - started < 3


def test_survivors_die_with_the_command(box, mark):
    started = time.monotonic()
    done = box.sh(
        f"(setsid setsid sleep {mark} &); setsid nohup bash -c 'sleep {mark} & disown; sleep {mark}' >/dev/null 2>&1 &"
        " echo done"
    )
    assert done.stdout == b"done\n"
    assert done.exit_code == 0
    assert time.monotonic() - started < 3
    assert not is_alive(mark)


def test_a_daemon_that_forks_twice_writes_nothing_afterwards(box):
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.close(0); os.close(1); os.close(2)\n"
        "        while True:\n            open('late', 'a').write('x'); time.sleep(0.01)\n    os._exit(0)\n"
        "time.sleep(0.2)\n"
    )
    assert box.python(code).exit_code == 0
    size = (box.workspace / "late").stat().st_size
    assert size > 0
    time.sleep(0.1)
    assert (box.workspace / "late").stat().st_size == size


def test_who_holds_the_pipe_does_not_hold_us(box, mark):
    started = time.monotonic()
    done = box.sh(f"sleep {mark} & echo here")
    assert done.stdout == b"here\n"
    assert time.monotonic() - started < 3
    assert not is_alive(mark)


def test_output_is_cut_and_drained(box):
    started = time.monotonic()
    done = box.python("import sys\nfor _ in range(64): sys.stdout.write('x' * 2**20)\nsys.stderr.write('end')")
    assert done.exit_code == 0
    assert done.is_output_cut
    assert len(done.stdout) == limits.OUTPUT_BYTES
    assert done.stderr == b"end"
    assert time.monotonic() - started < 10
    exact = box.python(f"import sys; sys.stderr.write('x' * {limits.OUTPUT_BYTES})")
    assert not exact.is_output_cut
    assert len(exact.stderr) == limits.OUTPUT_BYTES


def test_an_endless_flood_ends_at_the_deadline(box):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = box.sh("yes & yes >&2", seconds=0.7)
    assert done.is_timed_out
    assert done.is_output_cut
    assert len(done.stdout) == limits.OUTPUT_BYTES
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


BOMBS = {
    "forks": "for _ in range(10): os.fork()",
    "sessions": "for _ in range(10): os.fork() or os.setpgid(0, 0)",
    "orphans": "for _ in range(400): os.fork() or (os.setsid(), os.fork() and os._exit(0), time.sleep(9), os._exit(0))",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_fork_bomb_is_stopped(box, monkeypatch, bomb):
    monkeypatch.setattr(limits, "PROCESSES", 60)
    started = time.monotonic()
    done = box.python(f"import os, time\n{BOMBS[bomb]}\ntime.sleep(9.{os.getpid()})")
    assert done.exit_code == 137
    assert b"sandbox: stopped: more than 60 processes" in done.stderr
    assert not done.is_timed_out
    assert time.monotonic() - started < 8
    assert not is_alive(f"sleep(9.{os.getpid()})")


def test_a_thread_bomb_is_stopped(box, monkeypatch):
    monkeypatch.setattr(limits, "THREADS", 40)
    done = box.python(
        "import threading, time\n"
        "for _ in range(90): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\ntime.sleep(9)"
    )
    assert b"more than 40 threads" in done.stderr


def test_one_process_cannot_take_all_memory(box):
    done = box.python("bytearray(8 << 30)")
    assert done.exit_code == 1
    assert b"MemoryError" in done.stderr


def test_the_tree_cannot_take_all_memory(box, monkeypatch):
    monkeypatch.setattr(limits, "RESIDENT_BYTES", 120 << 20)
    done = box.sh(
        "for i in 1 2 3 4; do python3 -c 'import time; x = bytearray(b\"x\" * (40 << 20)); time.sleep(20)' & done; wait"
    )
    assert done.exit_code == 137
    assert b"more than 120 MiB of memory" in done.stderr


def test_a_file_cannot_be_larger_than_the_limit(box):
    done = box.python("f = open('big', 'wb'); f.truncate(5 << 30)")
    assert done.exit_code in (1, 153)
    assert (box.workspace / "big").stat().st_size < 5 << 30


@pytest.mark.parametrize("folder", [".", "$TMPDIR"])
def test_the_workspace_cannot_fill_the_disk(box, monkeypatch, folder):
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 16 << 20)
    done = box.sh(f"for i in 1 2 3 4 5 6; do head -c 6000000 /dev/zero > {folder}/f$i; done; sleep 20")
    assert done.exit_code == 137
    assert b"more than 16 MiB in the workspace" in done.stderr


def test_the_workspace_cannot_hold_endless_files(box, monkeypatch):
    monkeypatch.setattr(limits, "WORKSPACE_ENTRIES", 500)
    done = box.python("import time\nfor n in range(900): open(str(n), 'w').close()\ntime.sleep(20)")
    assert b"more than 500 files" in done.stderr


def test_cpu_seconds_are_limited(box, monkeypatch):
    monkeypatch.setattr(limits, "rlimits", lambda seconds: [(resource.RLIMIT_CPU, 1)])
    started = time.monotonic()
    assert box.python("while True: pass").exit_code in (137, 152)
    assert time.monotonic() - started < 15


def test_limits_are_set(box):
    done = box.sh("ulimit -c; ulimit -n; ulimit -v; ulimit -f; ulimit -s")
    assert done.stdout.split() == [b"0", b"1024", b"4194304", b"1048576", b"8192"]


VICTIM = """
import sys
from pathlib import Path
from hapi_pytest.sandbox import choose
choose(sys.argv[1]).run(Path(sys.argv[2]), ["bash", "-c", f"(setsid sleep {sys.argv[3]} &); sleep {sys.argv[3]}"])
"""


def test_nothing_is_left_when_we_are_killed(box, mark, tmp_path):
    root = str(Path(limits.__file__).parents[2])
    command = [sys.executable, "-c", VICTIM, box.rung, str(box.workspace), mark]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root, "TMPDIR": str(tmp_path)})
    end = time.monotonic() + 10
    while not is_alive(f"sleep\0{mark}") and time.monotonic() < end:
        time.sleep(0.02)
    assert is_alive(f"sleep\0{mark}")
    process.send_signal(signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 5
    while is_alive(f"sleep\0{mark}") and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(f"sleep\0{mark}")
    while list(tmp_path.glob("hapi-sandbox-*")) and time.monotonic() < end:
        time.sleep(0.02)
    assert not list(tmp_path.glob("hapi-sandbox-*"))
