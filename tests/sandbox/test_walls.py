"""What a command must not reach."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

CANARY = b"CANARY-7c1f"


def routes(canary: Path) -> dict[str, str]:
    pid = os.getpid()
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


@pytest.mark.parametrize("route", routes(Path("/x/y/z")))
def test_a_secret_outside_cannot_be_read(box, canary, route, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", CANARY.decode())
    with canary.open() as _held:
        done = box.sh(routes(canary)[route])
    assert CANARY not in done.stdout + done.stderr
    assert all(
        CANARY not in path.read_bytes() for path in box.workspace.rglob("*") if path.is_file() and not path.is_symlink()
    )


def test_files_outside_cannot_be_written(box, canary, tmp_path):
    home = Path.home() / ".hapi-sandbox-test"
    places = [canary, tmp_path / "new", home, Path("/tmp/hapi-sandbox-test"), Path("/dev/shm/hapi-sandbox-test")]
    places += [
        Path(sys.prefix, "new"),
        Path(os.__file__).with_name("new.py"),
        Path("/usr/local/bin/new"),
        Path("/etc/new"),
    ]
    for place in places:
        box.sh(f"echo bad > '{place}'; : > '{place}'; truncate -s 0 '{place}'; rm -f '{place}'; mkdir -p '{place}'")
    box.python("import os, sys; os.truncate(sys.argv[1], 0)", str(canary))
    box.python("import os, sys; os.rename(sys.argv[1], 'stolen')", str(canary))
    assert canary.read_bytes() == CANARY + b"\n"
    assert [str(place) for place in places[1:] if place.exists()] == []
    assert box.sh("touch /here; touch /dev/here; touch /usr/here; touch /etc/here").exit_code != 0


def test_the_package_and_the_checkout_are_not_readable(box):
    import hapi_pytest

    folder = Path(hapi_pytest.__file__).parent
    assert box.sh(f"cat {folder}/errors.py").exit_code != 0
    done = box.python("import hapi_pytest.errors")
    assert done.exit_code == 1


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
def test_unix_sockets_of_the_host_cannot_be_reached(box, tmp_path, is_abstract, kind):
    name = f"\0hapi-{os.getpid()}-{time.monotonic_ns()}" if is_abstract else str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX, getattr(socket, kind)) as server:
        server.bind(name)
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


def test_the_test_process_cannot_be_signalled_or_looked_at(box):
    got = []
    old = signal.signal(signal.SIGUSR1, lambda *_: got.append(1))
    bystander = subprocess.Popen(["sleep", "30"])
    try:
        for pid in (os.getpid(), bystander.pid):
            box.sh(f"kill -USR1 {pid}; kill -9 {bystander.pid}; prlimit --pid {pid} --nofile=1:1")
            box.python("import os, sys; os.pidfd_open(int(sys.argv[1])); os.kill(int(sys.argv[1]), 10)", str(pid))
            assert box.sh(f"cat /proc/{pid}/cmdline /proc/{pid}/maps /proc/{pid}/environ").stdout == b""
        box.sh("kill -USR1 -1; kill -9 -1")
        time.sleep(0.05)
        assert bystander.poll() is None
        assert got == []
    finally:
        bystander.kill()
        bystander.wait()
        signal.signal(signal.SIGUSR1, old)


def test_dangerous_calls_are_refused(box):
    code = (
        "import ctypes, errno\n"
        "c = ctypes.CDLL(None, use_errno=True)\n"
        "calls = {'ptrace': 101, 'unshare': 272, 'bpf': 321, 'keyctl': 250, 'io_uring_setup': 425, 'userfaultfd': 323,"
        " 'perf_event_open': 298, 'mount': 165, 'setns': 308, 'init_module': 175, 'clone3': 435,"
        " 'x32': 0x40000000 + 39}\n"
        "for name, number in calls.items():\n"
        "    result = c.syscall(number, 0x10000000, 0, 0, 0, 0)\n"
        "    print(name, result, errno.errorcode[ctypes.get_errno()])\n"
        "print('clone', c.syscall(56, 0x10000011, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])\n"
    )
    import platform

    if platform.machine() != "x86_64":
        pytest.skip("the numbers are those of x86_64")
    lines = box.python(code).stdout.decode().splitlines()
    assert len(lines) == 13
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
        assert box.sandbox.run(box.workspace, ["chown", "1:1", "."]).exit_code != 0 or os.geteuid() != 0
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


def test_two_commands_do_not_see_each_other(box, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "canary").write_bytes(CANARY)
    holder = threading.Thread(
        target=lambda: box.sandbox.run(other, ["bash", "-c", "echo CANARY-7c1f > $TMPDIR/x; exec sleep 1"])
    )
    holder.start()
    time.sleep(0.3)
    done = box.sh(
        f"cat {other}/canary /tmp/*/*/x /tmp/x /proc/*/cwd/canary; ls /tmp; grep -s CANARY /tmp/* /tmp/hapi*/*/*"
    )
    holder.join()
    assert CANARY not in done.stdout


def test_terminal_cannot_be_written_to(box):
    assert box.sh("echo bad > /dev/tty").exit_code != 0
