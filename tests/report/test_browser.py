"""The report as a browser has it: quiet, harmless, readable and operable."""

import contextlib
import html
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest import report
from tests.report.conftest import PAGE, Arm, outcome, results

OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"


def watched(page) -> tuple[list[str], list[str]]:
    """Return what a page tells from now on, and what it asks for."""
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    return told, asked


def grave(page) -> list[str]:
    """Return what axe finds serious."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # A frame without scripts cannot be asked; what stands in it is the agent's.
    found = axe.run(page, options={"iframes": False}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")
    ]


class Visit:
    """A page that is looked at, with whatever it does on the way."""

    def __init__(self, browser, path: Path, width: int = 1100, scheme: str = "light") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        self.told, self.asked = watched(self.page)
        self.page.goto(path.as_uri())
        self.page.evaluate(OPEN)
        self.page.wait_for_timeout(200)

    @property
    def left(self) -> list[str]:
        """Requests beyond the file itself."""
        return [url for url in self.asked if not url.startswith(("file:", "data:", "about:"))]

    def show_frames(self) -> None:
        """Have every frame loaded, which happens when it comes into sight."""
        for frame in self.page.query_selector_all("iframe"):
            frame.scroll_into_view_if_needed()
            self.page.wait_for_timeout(100)

    def click_frames(self) -> None:
        """Click all over the frames, as somebody curious would, without waiting for what comes of it."""
        mouse = self.page.context.new_cdp_session(self.page)
        for frame in self.page.query_selector_all("iframe"):
            frame.scroll_into_view_if_needed()
            box = frame.bounding_box()
            for point in range(60):
                place = {"x": box["x"] + 15 + point % 4 * 50, "y": box["y"] + 10 + point // 4 * 20}
                for kind in ("mousePressed", "mouseReleased"):
                    mouse.send("Input.dispatchMouseEvent", {"type": kind, "button": "left", "clickCount": 1, **place})


@pytest.fixture
def evil() -> Iterator[socket.socket]:
    """A server that the hostile files turn to; it only counts who comes."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        server.setblocking(False)
        yield server


def has_callers(server: socket.socket) -> bool:
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        return True
    return False


def pointed_at(server: socket.socket, text: str) -> str:
    return text.replace("evil.example", f"127.0.0.1:{server.getsockname()[1]}")


def test_a_hostile_hand_in_does_nothing(browser, hostile_page, evil, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(pointed_at(evil, hostile_page.read_text(encoding="utf-8")), encoding="utf-8")
    visit = Visit(browser, path)
    visit.show_frames()
    visit.click_frames()
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.hacked") is None
    assert visit.page.url == path.as_uri()
    assert visit.told == []
    assert visit.left == []
    assert not has_callers(evil)
    # Last, for the driver's own scripts are refused there too, and that is told.
    assert any("Procedure" in frame.content() for frame in visit.page.frames[1:])


def test_frame_and_policy_hold_without_the_cleaning(browser, hostile_page, evil, tmp_path):
    """What is taken out of a page is not what the report relies on."""
    source = hostile_page.read_text(encoding="utf-8")
    # For a frame inside, Chromium opens a connection before it heeds the policy, and sends nothing over it.
    page = re.sub("<iframe.*?</iframe>", "", pointed_at(evil, PAGE))
    raw = re.sub(r'srcdoc="[^"]*"', lambda _: f'srcdoc="{html.escape(page)}"', source)
    assert raw != source
    path = tmp_path / "raw.html"
    path.write_text(raw, encoding="utf-8")
    visit = Visit(browser, path)
    visit.show_frames()
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.hacked") is None
    assert visit.page.url == path.as_uri()
    assert any("Content Security Policy" in line for line in visit.told)
    assert not has_callers(evil)


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1100)])
def test_it_fits_and_axe_finds_nothing_serious(browser, hostile_page, scheme, width):
    visit = Visit(browser, hostile_page, width, scheme)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert grave(visit.page) == []
    assert visit.told == []


def test_the_colours_follow_the_scheme(browser, hostile_page):
    shades = []
    for scheme in ("light", "dark"):
        page = Visit(browser, hostile_page, scheme=scheme).page
        shades.append((
            page.eval_on_selector("body", "element => getComputedStyle(element).backgroundColor"),
            page.eval_on_selector(".chart svg text", "element => getComputedStyle(element).fill"),
            page.eval_on_selector(".chart svg [fill='#0072b2']", "element => getComputedStyle(element).fill"),
        ))  # fmt: skip
    assert all(light != dark for light, dark in zip(*shades, strict=True))


def test_everything_is_reached_and_opened_by_keyboard(browser, tmp_path):
    path = report.write(
        results([outcome("writing/a", Arm.ALONE, "Ab", reasons={"criterion-01": "so"})]), None, tmp_path
    )
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(path.as_uri())
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
        if reached[-1].startswith("Marks"):
            break
    assert reached[:2] == ["Skip to the headline", "Headline"]
    assert not page.evaluate("document.activeElement.parentElement.open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


def test_a_phone_needs_no_sideways_scrolling_for_a_wide_run(browser, tmp_path):
    wide = [
        outcome(f"writing/{'very-long-name-' * 6}{n}", arm, "Ab" * 10, model="m" * 80) for n in range(3) for arm in Arm
    ]
    visit = Visit(browser, report.write(results(wide), None, tmp_path), 360)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
