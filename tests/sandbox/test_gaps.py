"""Every row of the table of walls, tried on each rung and as each user: what gets through is what the table says."""

import contextlib
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import diagnosis, gaps, limits, not_held
from tests.sandbox.conftest import SECRET, HostileBox

Try = Callable[[HostileBox, pytest.MonkeyPatch], bool]
TRIES: dict[str, Try] = {}
CANARY = SECRET.strip().encode()
CAP_SYS_RESOURCE = 24
OUTLAST = '(setsid bash -c "kill -9 $PPID; sleep 0.1; $1 && touch through" &); sleep $2'
"""Kills whoever watches it, which only works where there is no wall, and goes on beyond its shell."""


@pytest.fixture(params=["bwrap", "landlock", "none"])
def rung(request):
    return request.param


@pytest.mark.parametrize("wall", gaps.WALLS, ids=lambda wall: wall.what)
def test_what_gets_through_is_what_the_table_says(hostile_box, monkeypatch, wall):
    is_told = wall.what in not_held(hostile_box.rung)
    if hostile_box.rung == "none" and wall.none == gaps.RESOURCE:
        status = Path(f"/proc/{hostile_box.host.pid}/status").read_text()
        is_told = bool(int(re.search(r"CapEff:\t(\w+)", status)[1], 16) >> CAP_SYS_RESOURCE & 1)
    assert TRIES[wall.what](hostile_box, monkeypatch) is is_told


def tries(what: str) -> Callable[[Try], Try]:
    """Register the try of one row: it tells whether a command got through."""

    def register(attempt: Try) -> Try:
        TRIES[what] = attempt
        return attempt

    return register


def outlasts(box: HostileBox, command: str, *, seconds: float = 9, shell: float = 8) -> bool:
    """Tell whether a command comes to its end, whoever ends its shell."""
    mark = box.workspace / "through"
    end = time.monotonic() + 0.6
    with contextlib.suppress(SandboxError):
        box.sandbox.run(box.workspace, ["bash", "-c", OUTLAST, "bash", command, str(shell)], seconds=seconds)
        end = time.monotonic() - 5.4
    while not mark.exists() and time.monotonic() < end + 6:
        time.sleep(0.02)
    return mark.exists()


@tries("the network")
def network(box, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]})); print('sent')"
        return box.python(code).stdout == b"sent\n"


@tries("sockets of other processes")
def sockets(box, monkeypatch):
    path = str(box.place / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        os.chmod(path, 0o777)
        server.listen()
        code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('sent')"
        return box.python(code, path).stdout == b"sent\n"


BYSTANDER = """
import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"signalled"))  # print could be inside a print
print(os.getpid(), flush=True)
sys.stdin.read()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


def does_to_bystander(box: HostileBox, command: str) -> str:
    with box.host.start("-c", BYSTANDER) as bystander:
        pid = bystander.stdout.readline().strip()
        box.sh(command.replace("PID", pid))
        return bystander.communicate()[0]


@tries("signals to other processes")
def signals(box, monkeypatch):
    return "signalled" in does_to_bystander(box, "kill -USR1 PID")


@tries("priority and processors of other processes")
def priority(box, monkeypatch):
    return does_to_bystander(box, "renice 19 -p PID") == "19\n"


@tries("memory and environment of other processes")
def environment(box, monkeypatch):
    return CANARY in box.sh(f"cat /proc/{box.host.pid}/environ").stdout


def reading(*names: str) -> Try:
    def attempt(box: HostileBox, monkeypatch: pytest.MonkeyPatch) -> bool:
        files = [box.place / name for name in names]
        for file in files:
            box.host.ask("write", file, SECRET)
        count = box.sh("cat " + " ".join(map(str, files))).stdout.count(CANARY)
        assert count in (0, len(files))
        return count > 0

    return attempt


tries("reading projects, cassettes and results")(
    reading("suite/projects/x/test_x.py", "suite/cassettes/x.json", "suite/.hapi/runs/x", "suite/results.json")
)
tries("reading temporary and cache folders of pytest")(
    reading("pytest-of-us/pytest-0/x", "suite/.pytest_cache/v/x", "suite/__pycache__/x.pyc")
)
tries("reading home")(reading("home/.ssh/id", "home/.netrc", "home/.cache/x"))
tries("reading the host's /tmp")(reading("x"))


@tries("reading other workspaces")
def other_workspaces(box, monkeypatch):
    other = HostileBox(box.host, box.rung)
    other.sh("echo CANARY-7c1f > answer.txt")
    found = box.sh(f"cat {other.workspace}/answer.txt").stdout
    other.close()
    return CANARY in found


@tries("writing outside the workspace")
def writing(box, monkeypatch):
    box.sh(f"echo bad > {box.canary}")
    return box.canary.read_text() != SECRET


@tries("watching for files that come and go outside")
def watching(box, monkeypatch):
    code = (
        "import ctypes, sys\nc = ctypes.CDLL(None)\n"
        "print(c.inotify_add_watch(c.inotify_init(), sys.argv[1].encode(), 0xFFF))"
    )
    return int(box.python(code, str(box.place)).stdout) >= 0


@tries("memory of all processes together")
def memory(box, monkeypatch):
    monkeypatch.setattr(limits, "RESIDENT_BYTES", 60 << 20)
    return outlasts(box, "python3 -c 'import time; x = bytearray(bytes([1]) * (90 << 20)); time.sleep(0.5)'")


@tries("processor time of all processes together")
def processor_time(box, monkeypatch):
    monkeypatch.setattr(limits, "CPU_CORES", 0.03)
    return outlasts(box, "python3 -c 'import time\nwhile time.process_time() < 0.7: pass'")


@tries("wall time")
def wall_time(box, monkeypatch):
    return outlasts(box, "sleep 0.7", seconds=0.4)


@tries("the number of processes and threads")
def processes(box, monkeypatch):
    monkeypatch.setattr(limits, "PROCESSES", 20)
    return outlasts(box, "for i in {1..30}; do sleep 0.5 & done; wait")


@tries("the size of a file")
def file_size(box, monkeypatch):
    code = (
        "import resource as r\ntry: r.setrlimit(r.RLIMIT_FSIZE, (r.RLIM_INFINITY, r.RLIM_INFINITY))\n"
        "except (OSError, ValueError): pass\nopen('big', 'wb').truncate(5 << 30)"
    )
    box.python(code)
    return (box.workspace / "big").stat().st_size > limits.FILE_BYTES


@tries("disk space and the number of files")
def disk(box, monkeypatch):
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 8 << 20)
    return outlasts(box, "head -c 12000000 /dev/zero > big; sleep 1")


@tries("the end of the whole process tree")
def whole_tree(box, monkeypatch):
    return outlasts(box, "setsid -w setsid -w sleep 0.4", shell=0.2)


@tries("whether a path outside exists, its size, owner and times")
def existence(box, monkeypatch):
    return box.sh(f"stat -c %s {box.canary}").stdout == b"%d\n" % len(SECRET)


@tries("modes and times of our user's files outside")
def modes(box, monkeypatch):
    before = box.canary.stat()
    box.python("import os, sys; os.utime(sys.argv[1], (1, 1)); os.chmod(sys.argv[1], 0o604)", str(box.canary))
    after = box.canary.stat()
    is_changed = after.st_mode != before.st_mode
    assert (after.st_mtime != before.st_mtime) is is_changed
    return is_changed


@tries("which process numbers are in use")
def process_numbers(box, monkeypatch):
    return box.sh(f"test -d /proc/{box.host.pid} && echo there").stdout == b"there\n"


@tries("the names of host and user")
def names(box, monkeypatch):
    return box.sh("uname -n; id -u").stdout.decode().split() == [os.uname().nodename, str(box.host.uid)]


@tries("where the workspace lies on the host")
def where(box, monkeypatch):
    return str(box.workspace).encode() in box.sh("pwd; cat /proc/self/mountinfo").stdout


@tries("which software the host has, its hardware and load")
def software(box, monkeypatch):
    done = box.sh("ls /usr/bin | grep -x env; cat /proc/meminfo /proc/loadavg")
    return {b"env", b"MemTotal:"} <= set(done.stdout.split())


@tries("peaks of memory, disk and processes between two looks")
def peaks(box, monkeypatch):
    monkeypatch.setattr(limits, "RESIDENT_BYTES", 1 << 20)
    assert b"more than 1 MiB of memory" in box.sh("sleep 9").stderr
    return any(box.sh("true").exit_code == 0 for _ in range(9))


@tries("processor time of processes that nobody waits for")
def unwaited(box, monkeypatch):
    monkeypatch.setattr(limits, "CPU_CORES", 0.03)
    code = (
        "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "for _ in range(16):\n    if os.fork() == 0:\n"
        "        while time.process_time() < 0.05: pass\n        os._exit(0)\n"
        "    try: os.wait()\n    except ChildProcessError: pass\n"
    )
    return box.python(code).exit_code == 0


@tries("memory that the kernel keeps for pipes and socket pairs")
def kernel_memory(box, monkeypatch):
    monkeypatch.setattr(limits, "RESIDENT_BYTES", 40 << 20)
    code = (
        "import socket, time\npairs, total = [], 0\nwhile total < 48 << 20 and len(pairs) < 480:\n"
        "    pairs.append(socket.socketpair())\n    pairs[-1][0].setblocking(False)\n"
        "    try:\n        while True: total += pairs[-1][0].send(bytes(65536))\n    except BlockingIOError: pass\n"
        "time.sleep(0.4)\nprint(total >> 20)"
    )
    done = box.python(code)
    return done.exit_code == 0 and int(done.stdout) > 40


@tries("disk space of deleted files that are mapped and not open")
def mapped(box, monkeypatch):
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 8 << 20)
    # mmap's own objects keep the file open.
    code = (
        "import ctypes, os, time\nc = ctypes.CDLL(None)\nc.mmap.restype = ctypes.c_void_p\nc.mmap.argtypes ="
        " [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]\n"
        "for number in range(3):\n    with open(str(number), 'w+b') as file:\n        file.write(bytes(6_000_000))\n"
        "        assert c.mmap(None, 6_000_000, 1, 1, file.fileno(), 0) != 2**64 - 1\n        os.unlink(file.name)\n"
        "time.sleep(1)"
    )
    return box.python(code).exit_code == 0


def test_a_name_that_is_no_rung_is_refused():
    with pytest.raises(ValueError, match="docker"):
        not_held("docker")


def test_without_a_rung_nothing_is_held():
    assert not_held("none") == tuple(wall.what for wall in gaps.WALLS)


def test_an_old_kernel_lets_a_command_signal_its_watch(monkeypatch):
    monkeypatch.setattr("hapi_pytest.sandbox.ruleset.abi", lambda: gaps.SCOPES_SINCE)
    new = set(not_held("landlock"))
    monkeypatch.setattr("hapi_pytest.sandbox.ruleset.abi", lambda: gaps.SCOPES_SINCE - 1)
    assert set(not_held("landlock")) - new == {w.what for w in gaps.WALLS if w.landlock == gaps.SINCE_6_12}
    assert "signals to other processes" not in new


PAGE = (Path(gaps.__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def shown(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading of docs/sandbox.md."""
    lines = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_the_page_shows_the_table_of_walls():
    assert shown("What each rung holds") == [[*wall] for wall in gaps.WALLS]


def test_the_page_shows_the_limits():
    sizes = {f"{getattr(limits, name) >> 20} MiB" for name in ("ADDRESS_BYTES", "FILE_BYTES")}
    by_kernel = {row[1] for row in shown("Limits") if row[2] == "the kernel, for each process"}
    assert by_kernel == sizes | {str(limits.OPEN_FILES)}
    by_launcher = {row[1] for row in shown("Limits") if row[2] == "the launcher, for all processes together"}
    most = limits.watched(1)
    expected = {f"{most[name]:,}" for name in ("processes", "threads", "entries")}
    expected |= {f"{int(most[name]) >> 20} MiB" for name in ("resident", "bytes")}
    assert f"what is beyond {limits.OUTPUT_BYTES >> 20} MiB is read and dropped" in PAGE
    assert by_launcher == expected | {f"{most['cpu']:g} × the wall time"}


def test_the_page_shows_every_fix(monkeypatch):
    seen = "\n".join(row[1] for row in shown("When no rung holds"))
    known = {"kernel/apparmor_restrict_unprivileged_userns": "1", "user/max_user_namespaces": "0"}
    known["kernel/unprivileged_userns_clone"] = "0"
    monkeypatch.setattr(diagnosis, "_kernel", lambda name: known.get(name, ""))
    monkeypatch.setattr(diagnosis, "is_container", lambda: True)
    monkeypatch.setattr(diagnosis.os, "geteuid", lambda: 1000)
    fixes = diagnosis.fixes({"bwrap": "bubblewrap is not installed"})
    for reason in ("not implemented", "not supported", "not permitted"):
        fixes += diagnosis.fixes({"landlock": reason})
    assert len(fixes) == 8
    for fix in [*fixes, diagnosis.MAC, diagnosis.WINDOWS]:
        assert fix.partition("   (")[0].replace("`", "") in seen.replace("`", "")
