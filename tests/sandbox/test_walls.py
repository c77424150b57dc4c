"""What a command must not reach: on each rung, as root and as an ordinary user."""

import os
import platform
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from hapi_pytest.sandbox import not_held, surroundings
from tests.sandbox.conftest import HostileBox

CANARY = b"CANARY-7c1f"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def box(hostile_box):
    return hostile_box


def test_work_in_the_workspace_goes_on(box):
    done = box.sh("echo hello > f; cat f; python3 -c 'print(1 + 1)'; mkdir d; mv f d/f; ln d/f g; echo x > $TMPDIR/y")
    assert (done.exit_code, done.stdout, done.stderr) == (0, b"hello\n2\n", b"")
    assert (box.workspace / "d" / "f").stat().st_uid == box.host.uid


def routes(canary: Path, pid: int) -> dict[str, str]:
    return {
        "absolute": f"cat {canary}",
        "dots": "cat ../secret/canary.txt; cat ../../*/*/canary.txt",
        "glob": f"cat {canary.parent.parent}/*/*",
        "link": f"ln -s {canary} link; cat link; cp -L link copy; cat copy",
        "hard link": f"ln {canary} hard; cat hard",
        "folder link": f"ln -s {canary.parent} folder; cat folder/canary.txt; ls folder/",
        "own root": f"cat /proc/self/root{canary} /proc/1/root{canary} /proc/self/cwd/../secret/canary.txt",
        "our root": f"cat /proc/{pid}/root{canary}; cat /proc/{pid}/cwd{canary}; cat /proc/$PPID/root{canary}",
        "descriptors": f"for d in /proc/{{{pid},self,$PPID}}/fd/*; do timeout 0.1 head -c 99 $d; done",
        "environment": "cat /proc/*/environ",
        "mount": f"mkdir m; mount --bind {canary.parent} m; cat m/canary.txt; unshare -rm cat {canary}",
        "grep": f"grep -rs CANARY {canary.parent.parent} /workspace /run /home | head",
        "chroot": f"python3 -c \"import os; os.chroot('/'); print(open('{canary}').read())\"",
        "open_by_handle": "python3 -c 'import ctypes; print(ctypes.CDLL(None).open_by_handle_at(-100, 0, 0))'",
    }


@pytest.mark.parametrize("route", routes(Path("/x/y/z"), 0))
def test_a_secret_outside_cannot_be_read(box, route):
    done = box.sh(routes(box.canary, box.host.pid)[route])
    assert CANARY not in done.stdout + done.stderr
    found = [path for path in box.workspace.rglob("*") if path.is_file() and not path.is_symlink()]
    assert all(CANARY not in path.read_bytes() for path in found)


def test_files_outside_cannot_be_written(box):
    home = Path.home() / ".hapi-sandbox-test"
    places = [box.canary, box.place / "new", home, Path("/tmp/hapi-sandbox-test"), Path("/dev/shm/hapi-sandbox-test")]
    places += [
        Path(sys.prefix, "new"),
        Path(os.__file__).with_name("new.py"),
        Path("/usr/local/bin/new"),
        Path("/etc/new"),
    ]
    for place in places:
        box.sh(f"echo bad > '{place}'; : > '{place}'; truncate -s 0 '{place}'; rm -f '{place}'; mkdir -p '{place}'")
    box.python("import os, sys; os.truncate(sys.argv[1], 0)", str(box.canary))
    box.python("import os, sys; os.rename(sys.argv[1], 'stolen')", str(box.canary))
    box.python("import os, sys; os.link(sys.argv[1], 'linked'); open('linked', 'w')", str(box.canary))
    assert box.canary.read_bytes() == CANARY + b"\n"
    assert [str(place) for place in places[1:] if os.path.lexists(place)] == []
    assert box.sh("touch /here; touch /dev/here; touch /usr/here; touch /etc/here").exit_code != 0


def test_the_package_and_the_checkout_are_not_readable(box):
    assert box.sh(f"cat {box.host.package}/errors.py").exit_code != 0
    assert box.python("import hapi_pytest.errors").exit_code == 1
    names = ("projects", "cassettes", "tests", ".git", ".hapi", ".pytest_cache")
    done = box.sh(f"cat {ROOT}/pyproject.toml; " + "; ".join(f"ls -A {ROOT}/{name}/" for name in names))
    assert done.stdout == b""


def test_nothing_of_the_hosts_folders_is_listed_but_the_way_to_the_interpreter(box, tmp_path):
    temporary, home = Path(tempfile.gettempdir()), Path.home()
    for folder in (tmp_path, tmp_path.parent, temporary, home, home / ".cache", ROOT, box.place):
        way = {
            Path(path).relative_to(folder).parts[0] for path in surroundings.readable() if folder in Path(path).parents
        }
        assert set(box.sh(f"ls -A {folder}/").stdout.decode().split()) <= way, folder


def test_what_may_be_read(box):
    assert box.sh("ls /usr/bin | head -1; test -r /etc/passwd; ls /usr/share >/dev/null").exit_code == 0
    for folder in ("/etc/ssh", "/root/.ssh", "/home", "/var/log", "/sys", "/boot", "/usr/src", "/opt", "/mnt", "/srv"):
        assert not box.sh(f"ls -A {folder}/").stdout, folder
    for file in ("/etc/shadow", "/etc/hostname", "/etc/machine-id", "/etc/ssh/sshd_config", "/root/.bashrc"):
        assert not box.sh(f"cat {file}").stdout, file


def test_no_descriptor_of_ours_is_inherited(box):
    code = (
        "import os\nfor number in range(1024):\n    try: os.fstat(number)\n    except OSError: continue\n"
        "    print(number)\n"
    )
    assert box.python(code).stdout.split() == [b"0", b"1", b"2"]


CONNECT = """
import socket, sys
kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[sys.argv[1]]
family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
with socket.socket(family, kind) as s:
    s.settimeout(2)
    s.connect((sys.argv[2], int(sys.argv[3])))
    s.send(b"hello")
    print("sent")
"""


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_loopback_of_the_host_cannot_be_reached(box, kind):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        if kind == "tcp":
            server.listen()
        server.settimeout(0.2)
        done = box.python(CONNECT, kind, "127.0.0.1", str(server.getsockname()[1]))
        assert b"sent" not in done.stdout
        assert done.exit_code == 1
        with pytest.raises(TimeoutError):
            server.accept() if kind == "tcp" else server.recv(10)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "169.254.169.254"])
def test_the_internet_cannot_be_reached(box, address):
    done = box.python(CONNECT, "udp", address, "53")
    assert b"sent" not in done.stdout
    assert b"Error" in done.stderr


@pytest.mark.parametrize(
    "family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH"]
)
def test_only_unix_sockets_exist(box, family):
    done = box.python("import socket, sys; socket.socket(getattr(socket, sys.argv[1]), socket.SOCK_DGRAM)", family)
    assert done.exit_code == 1
    assert b"Error" in done.stderr


@pytest.mark.parametrize("is_abstract", [True, False])
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_unix_sockets_of_the_host_cannot_be_reached(box, is_abstract, kind):
    name = f"\0hapi-{os.getpid()}-{time.monotonic_ns()}" if is_abstract else str(box.place / "s")
    with socket.socket(socket.AF_UNIX, getattr(socket, kind)) as server:
        server.bind(name)
        if not is_abstract:
            os.chmod(name, 0o777)
        if kind == "SOCK_STREAM":
            server.listen()
        server.settimeout(0.1)
        code = (
            "import socket, sys\nname = sys.argv[1].replace('@', '\\0')\nkind = getattr(socket, sys.argv[2])\n"
            "for make in (lambda: socket.socket(socket.AF_UNIX, kind), lambda: socket.socketpair(type=kind)[0]):\n"
            "    try:\n        s = make()\n        s.connect(name)\n        s.send(b'x')\n        print('sent')\n"
            "    except OSError as error: print(error)\n"
            "    try:\n        s = make()\n        s.sendmsg([b'x'], [], 0, name)\n        print('sent')\n"
            "    except OSError as error: print(error)\n"
        )
        done = box.python(code, name.replace("\0", "@"), kind)
        assert b"sent" not in done.stdout
        assert done.exit_code == 0, done.stderr
        with pytest.raises(TimeoutError):
            server.accept() if kind == "SOCK_STREAM" else server.recv(10)


BYSTANDER = """
import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: print("signalled", flush=True))
print(os.getpid(), flush=True)
sys.stdin.read()
print(os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0))
"""
SLOW = """
import os, sys
pid = int(sys.argv[1])
for change in (
    lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    lambda: os.setpriority(os.PRIO_USER, 0, 19),
    lambda: os.sched_setaffinity(pid, {0}),
    lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
):
    try: change(); print("changed")
    except OSError as error: print(error)
"""


def test_other_processes_cannot_be_signalled_slowed_or_looked_at(box):
    # Where they can be signalled, test_gaps says so, and `kill -9 -1` would end more than this test.
    is_silent = "signals to other processes" not in not_held(box.rung)
    with box.host.start("-c", BYSTANDER) as bystander:
        pid = int(bystander.stdout.readline())
        before = f"{os.getpriority(os.PRIO_PROCESS, pid)} {sorted(os.sched_getaffinity(pid))} {os.SCHED_OTHER}\n"
        for target in (pid, box.host.pid, os.getpid()):
            box.sh(f"prlimit --pid {target} --nofile=1:1; renice 19 -p {target}; ionice -c 3 -p {target}")
            changed = box.python(SLOW, str(target)).stdout.count(b"changed")
            assert changed <= (box.rung == "bwrap")  # where all of its user's processes are its own
            assert box.sh(f"cat /proc/{target}/cmdline /proc/{target}/maps /proc/{target}/environ").stdout == b""
            if is_silent:
                box.sh(f"kill -USR1 {target}; kill -9 {target}")
                box.python(f"import os, signal; signal.pidfd_send_signal(os.pidfd_open({target}), 10)")
        if is_silent:
            box.sh("kill -USR1 -1; kill -9 -1")
        time.sleep(0.05)
        assert bystander.communicate()[0] == before
        assert bystander.returncode == 0


def test_dangerous_calls_are_refused(box):
    code = (
        "import ctypes, errno\n"
        "c = ctypes.CDLL(None, use_errno=True)\n"
        "calls = {'ptrace': 101, 'unshare': 272, 'bpf': 321, 'keyctl': 250, 'io_uring_setup': 425, 'userfaultfd': 323,"
        " 'perf_event_open': 298, 'mount': 165, 'setns': 308, 'init_module': 175, 'clone3': 435,"
        " 'x32': 0x40000000 + 39, 'statmount': 457, 'open_tree_attr': 467}\n"
        "for name, number in calls.items():\n"
        "    result = c.syscall(number, 0x10000000, 0, 0, 0, 0)\n"
        "    print(name, result, errno.errorcode[ctypes.get_errno()])\n"
        "print('clone', c.syscall(56, 0x10000011, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])\n"
    )
    if platform.machine() != "x86_64":
        pytest.skip("the numbers are those of x86_64")
    lines = box.python(code).stdout.decode().splitlines()
    assert len(lines) == 15
    for line in lines:
        assert line.split()[1] == "-1", line
        assert line.split()[2] in ("EPERM", "ENOSYS"), line


def test_there_are_no_capabilities(box):
    done = box.sh("grep -E '^(CapEff|CapPrm|CapBnd|CapAmb|NoNewPrivs)' /proc/self/status")
    if box.rung == "landlock":
        code = (
            "import ctypes; h = (ctypes.c_uint * 2)(0x20080522, 0); d = (ctypes.c_uint * 6)();"
            "ctypes.CDLL(None).capget(h, d); print(list(d))"
        )
        assert box.python(code).stdout == b"[0, 0, 0, 0, 0, 0]\n"
        assert box.sandbox.run(box.workspace, ["chown", "1:1", "."]).exit_code != 0
        return
    found = dict(line.split(":\t") for line in done.stdout.decode().splitlines())
    assert {int(found[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")} == {0}
    assert found["NoNewPrivs"] == "1"


def test_own_processes_of_the_host_are_not_in_proc(box):
    done = box.sh("ls /proc | grep -E '^[0-9]+$' | wc -l; cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '")
    if box.rung == "bwrap":
        assert int(done.stdout.split()[0]) < 10
    assert b"pytest" not in done.stdout
    assert str(box.workspace).encode() not in done.stdout


def test_two_commands_do_not_see_each_other(box):
    other = HostileBox(box.host, box.rung)
    holder = threading.Thread(target=other.sh, args=("echo CANARY-7c1f | tee $TMPDIR/x > here; exec sleep 0.6",))
    holder.start()
    while not (other.workspace / "here").exists():
        time.sleep(0.01)
    done = box.sh(
        f"cat {other.workspace}/here /tmp/*/*/x /tmp/x /proc/*/cwd/here; ls /tmp; grep -s CANARY /tmp/* /tmp/hapi*/*/*"
    )
    assert holder.is_alive()
    holder.join()
    assert (other.workspace / "here").read_bytes() == CANARY + b"\n"
    assert CANARY not in done.stdout
    other.close()


def test_an_ordinary_users_namespaces_are_refused(box):
    for flags in ("-Urm", "-Urn", "-Up"):
        assert box.sh(f"unshare {flags} true").exit_code != 0


def test_nobody_can_watch_files_come_and_go_outside(box):
    code = "import ctypes, sys; c = ctypes.CDLL(None); print(c.inotify_add_watch(c.inotify_init(), sys.argv[1], 0xFFF))"
    assert box.python(code.replace("sys.argv[1]", "sys.argv[1].encode()"), str(box.place)).stdout == b"-1\n"


def test_terminal_cannot_be_written_to(box):
    assert box.sh("echo bad > /dev/tty").exit_code != 0
