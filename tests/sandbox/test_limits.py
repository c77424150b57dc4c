"""What a command may use, and that nothing of it is left: on each rung, as root and as an ordinary user."""

import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hapi_pytest.sandbox import limits


@pytest.fixture
def box(hostile_box):
    return hostile_box


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


def test_processor_time_of_the_tree_is_limited(box, monkeypatch):
    monkeypatch.setattr(limits, "CPU_CORES", 0.02)
    done = box.sh("python3 -c 'while True: pass' & exec python3 -c 'while True: pass'", seconds=20)
    assert done.exit_code == 137
    assert done.stderr.endswith(b"sandbox: stopped: more than 0.4 seconds of processor time\n")
    assert not done.is_timed_out


def test_the_kernel_holds_processor_time_too(box, monkeypatch):
    monkeypatch.setattr(limits, "CPU_CORES", 0.05)
    done = box.python("import resource; print(*resource.getrlimit(resource.RLIMIT_CPU))", seconds=18)
    assert done.stdout == b"2 2\n"


def test_deleted_files_count_while_they_are_open(box, monkeypatch):
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 16 << 20)
    code = (
        "import os, time\nfiles = [open(str(n), 'wb') for n in range(6)]\n"
        "for file in files:\n    file.write(bytes(6_000_000))\n    os.unlink(file.name)\ntime.sleep(9)"
    )
    assert b"more than 16 MiB in the workspace" in box.python(code).stderr


def test_a_closed_folder_hides_nothing(box, monkeypatch):
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 16 << 20)
    done = box.sh("mkdir d; for i in 1 2 3 4; do head -c 6000000 /dev/zero > d/$i; done; chmod 000 d; sleep 9")
    why = "more than 16 MiB in" if box.host.uid == 0 else "a closed folder in"
    assert f"sandbox: stopped: {why} the workspace".encode() in done.stderr
    assert done.exit_code == 137


def test_limits_are_set(box):
    done = box.sh("ulimit -c; ulimit -n; ulimit -v; ulimit -f; ulimit -s")
    assert done.stdout.split() == [b"0", b"1024", b"4194304", b"1048576", b"8192"]


RUNNER = """
import os, sys
from pathlib import Path
from hapi_pytest.sandbox import choose
print(os.getpid(), flush=True)
choose(sys.argv[1]).run(Path(sys.argv[2]), ["bash", "-c", sys.argv[3]])
"""


def test_nothing_is_left_when_we_are_killed(box, mark):
    command = f"(setsid sleep {mark} &); sleep {mark}"
    with box.host.start("-c", RUNNER, box.rung, str(box.workspace), command, TMPDIR=str(box.place)) as runner:
        pid = runner.stdout.readline().strip()
        until(lambda: is_alive(f"sleep\0{mark}"))
        assert list(box.place.glob("hapi-*"))
        subprocess.run([*box.host.become, "kill", "-9", pid], check=True)
    until(lambda: not is_alive(f"sleep\0{mark}"))
    until(lambda: not list(box.place.glob("hapi-*")))


def test_nothing_of_the_private_folder_is_left(box):
    command = "mkdir -p $TMPDIR/a/b; touch $TMPDIR/a/b/c; ln -s / $TMPDIR/a/link; chmod 000 $TMPDIR/a; touch made"
    with box.host.start("-c", RUNNER, box.rung, str(box.workspace), command, TMPDIR=str(box.place)) as runner:
        runner.communicate()
    assert (box.workspace / "made").exists()
    assert not list(box.place.glob("hapi-*"))


def until(happens: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)
