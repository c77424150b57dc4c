"""What a live run prints on its way, on a terminal and into a log."""

import os
import pty
import re
import subprocess

import pytest

from hapi_pytest.stand_in import StandIn
from tests.live.conftest import KEYS, Orders
from tests.plugin.conftest import OTHER_PLUGINS, surroundings
from tests.warm import WARM


def on_a_terminal(suite: Orders, *arguments: str) -> str:
    """Run pytest on a terminal and return everything that arrives there."""
    ours, theirs = pty.openpty()
    with StandIn(suite.root / "projects", latency_seconds=0.4) as service:
        process = subprocess.Popen(
            [WARM.python, "-m", "pytest", "-p", "no:cacheprovider", *OTHER_PLUGINS, "--record", "missing",
             "--model", "gpt-5", "--base-url", f"{service.url}/v1", *arguments],
            cwd=suite.root, env={**surroundings(), **KEYS, "COLUMNS": "160", "TERM": "xterm"},
            stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
        os.close(ours)
        process.wait(60)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody writes any more
        return b""


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["bare", "n2"])
def test_a_terminal_has_a_line_that_makes_way_for_pytest(tmp_path, arguments):
    shown = on_a_terminal(Orders(tmp_path / "suite", 3), *arguments)
    assert "live: gpt-5: 3 to 9 attempts, about " in shown
    lines = re.findall(r"\r\x1b\[K(\d+/9 settled, [^\r\n\x1b]*)", shown)
    assert lines, shown
    assert re.search(r"in flight", lines[0])
    assert any("of 10.00 $" in line for line in lines)
    assert shown.count("\r\x1b[K") > len(lines), "the line is taken away again"
    end = shown[shown.rindex("short test summary") :]
    assert "settled" not in end


def test_a_log_has_no_line_that_is_written_over(tmp_path):
    suite = Orders(tmp_path / "suite", 1)
    with StandIn(suite.root / "projects") as service:
        done = suite.run("--record", "missing", "--model", "stand-in", "--base-url", f"{service.url}/v1")
    assert "live: stand-in: 1 to 3 attempts, free" in done.stdout
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout


def test_a_log_has_a_line_a_minute(tmp_path):
    suite = Orders(tmp_path / "suite", 2)
    (suite.root / "conftest.py").write_text(
        (suite.root / "conftest.py").read_text()
        + "import hapi_pytest.progress\nhapi_pytest.progress.LOG_SECONDS = 1.0\n"
    )
    with StandIn(suite.root / "projects", latency_seconds=0.5) as service:
        done = suite.run("--record", "missing", "--model", "stand-in", "--base-url", f"{service.url}/v1")
    assert re.search(r"^\d/6 settled, .* in flight$", done.stdout, re.MULTILINE), done.stdout
