"""A review as an expert records it, in a real browser."""

import datetime
import re

import pytest

from hapi_pytest import reviews
from hapi_pytest.reviews import Finding, Review, ReviewMark
from tests.report.conftest import PAGE
from tests.report.test_browser import grave, has_callers, pointed_at, watched
from tests.review.conftest import CRITERIA, FILES, LATER, Made

UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"


class Tab:
    """A tab that is looked at, with whatever it tells and asks."""

    def __init__(self, browser, address: str, width: int = 1400, scheme: str = "light", context=None) -> None:
        self._context = context or browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self._context.new_page()
        self.told, self.asked = watched(self.page)
        self.page.goto(address)

    def another(self, address: str) -> "Tab":
        return Tab(None, address, context=self._context)

    def criterion(self, name: str):
        return self.page.locator(f"fieldset[data-criterion={name}]")

    def mark(self, name: str, finding: str, note: str = "") -> None:
        field = self.criterion(name)
        field.get_by_label(finding, exact=True).check()
        if note:
            field.get_by_label("Note for the agent").fill(note)

    def note(self, name: str) -> str:
        return self.criterion(name).get_by_label("Note for the agent").input_value()

    def is_saved(self) -> None:
        self.page.locator("#saved:text-is('Saved')").wait_for()

    def file(self, name: str):
        """Return a handed-in file's place, once it is shown."""
        place = self.page.locator("#handed-in details.file", has=self.page.get_by_text(name, exact=True))
        place.locator("text=bytes").first.wait_for()
        return place

    @property
    def seconds(self) -> int:
        minutes, seconds = self.page.locator("#time").inner_text().split(":")
        return 60 * int(minutes) + int(seconds)


def test_a_whole_review(browser, made, app):
    tab = Tab(browser, app.address + "/")
    page = tab.page
    page.locator("tr", has=page.get_by_text(made.digests[1][:12])).get_by_role("link").click()
    assert "We run a small inn" in page.locator(".brief").inner_text()
    assert page.locator("#asked details.file summary").all_inner_texts() == ["list.csv", "rules.md"]
    assert tab.file("guests.csv").locator("tbody tr").nth(1).inner_text().split("\t")[1:] == ["Abel, Ida", "202"]
    assert "Customer <b>" in tab.file("book.xlsx").locator("tbody tr").first.inner_text()
    assert "the list is done." in tab.file("letter.docx").locator("pre").inner_text()
    assert tab.file("picture.png").locator("img").evaluate("image => image.complete && image.naturalWidth") == 1
    assert tab.file("script.py").locator("pre .k").first.inner_text() == "def"
    tab.file("guests.csv").get_by_text("Differences").click()
    assert "+Abel, Ida;202" in tab.file("guests.csv").locator(".added").all_inner_texts()[0]

    tab.mark("sorted-by-name", "pass")
    tab.mark("total-is-right", "fail", "It does not follow from the lines above.\nAdd them up again.")
    nights = made.project.variant(0).gold["nights"]
    warning = tab.criterion("cancelled-left-out").locator(".gold")
    tab.mark("cancelled-left-out", "cannot tell", f"Should be {nights}?")
    warning.get_by_text("gives away what the agent must find out: nights").wait_for()
    assert str(nights) not in warning.inner_text()
    page.get_by_role("button", name="Pause").click()
    stopped = tab.seconds
    page.wait_for_timeout(2200)
    assert tab.seconds == stopped
    page.reload()
    assert page.get_by_role("button", name="Pause").get_attribute("aria-pressed") == "true"
    assert tab.criterion("sorted-by-name").get_by_label("pass").is_checked()
    assert tab.note("total-is-right") == "It does not follow from the lines above.\nAdd them up again."
    warning.get_by_text("nights").wait_for()
    tab.mark("cancelled-left-out", "cannot tell", "Is the remark column read?")
    warning.wait_for(state="hidden")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(1500)
    assert tab.seconds > stopped
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("saved as projects/admin-support/guest-list/reviews/").wait_for()
    [review] = reviews.load(made.reviews.parent)
    assert review == Review(
        reviewer="Ada", minutes=max(0.1, review.minutes), recorded=datetime.date.today(), variant=0,
        handed_in=made.digests[1], is_blind=False,
        marks={
            "sorted-by-name": ReviewMark(finding=Finding.PASS),
            "total-is-right": ReviewMark(
                finding=Finding.FAIL, note="It does not follow from the lines above.\nAdd them up again."
            ),
            "cancelled-left-out": ReviewMark(finding=Finding.UNCLEAR, note="Is the remark column read?"),
        },
    )  # fmt: skip
    assert review.minutes <= (tab.seconds + 3) / 60 + 0.1
    page.get_by_role("link", name="Queue").click()
    assert "1 of 2 reviews finished" in page.inner_text("h1")
    assert tab.told == []


def test_an_agents_page_does_nothing(browser, served, evil, tmp_path):
    made = Made(tmp_path, {**FILES, "page.html": pointed_at(evil, PAGE).encode()}, None)
    app = served(made.desk())
    tab = Tab(browser, f"{app.address}/submissions/0/")
    frame = tab.file("page.html").locator("iframe")
    frame.scroll_into_view_if_needed()
    tab.page.wait_for_timeout(300)
    box = frame.bounding_box()
    for point in range(40):
        tab.page.mouse.click(box["x"] + 15 + point % 4 * 50, box["y"] + 10 + point // 4 * 20)
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("window.hacked") is None
    assert tab.page.url.startswith(app.address)
    assert [url for url in tab.asked if not url.startswith((app.address, "data:"))] == []
    assert not has_callers(evil)
    assert tab.told == []
    assert any("Procedure" in frame.content() for frame in tab.page.frames[1:])


def test_the_policy_holds_without_the_cleaning(browser, served, evil, tmp_path, monkeypatch):
    """What is taken out of a page is not what the app relies on."""
    source = re.sub("<iframe.*?</iframe>", "", pointed_at(evil, PAGE))  # for it Chromium opens a connection
    monkeypatch.setattr("hapi_pytest.report.harmless.page", lambda _: source)
    app = served(Made(tmp_path, {"page.html": b"<p>any"}, None).desk())
    tab = Tab(browser, f"{app.address}/submissions/0/")
    tab.file("page.html").locator("iframe").scroll_into_view_if_needed()
    tab.page.wait_for_timeout(500)
    assert tab.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in line or "sandboxed" in line for line in tab.told)
    assert not has_callers(evil)


def test_the_timer_stops_while_another_tab_is_looked_at(browser, app):
    tab = Tab(browser, f"{app.address}/submissions/0/")
    tab.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    tab.page.wait_for_timeout(300)
    before = tab.seconds
    tab.page.wait_for_timeout(1500)
    assert tab.seconds == before


def test_a_closed_tab_loses_nothing(browser, app):
    address = f"{app.address}/submissions/0/"
    tab = Tab(browser, address)
    tab.criterion("total-is-right").get_by_label("Note for the agent").press_sequentially("typed to the very end")
    tab.page.close(run_before_unload=True)
    tab.page.context.pages or tab.page.context.new_page()
    again = tab.another(address)
    assert again.note("total-is-right") == "typed to the very end"


def test_a_reload_in_the_middle_of_a_word_loses_nothing(browser, app):
    tab = Tab(browser, f"{app.address}/submissions/0/")
    for word in ("one ", "two "):
        tab.criterion("total-is-right").get_by_label("Note for the agent").press_sequentially(word)
        tab.page.reload()
    tab.is_saved()
    assert tab.note("total-is-right") == "two one " or tab.note("total-is-right") == "one two "
    assert tab.page.locator("#trouble").inner_text() == ""


def test_a_killed_server_loses_nothing_older_than_two_seconds(browser, made, served):
    process, address = made.started()
    tab = Tab(browser, f"{address}submissions/0/")
    tab.criterion("total-is-right").get_by_label("Note for the agent").press_sequentially("w" * 40, delay=50)
    tab.page.wait_for_timeout(2000)
    process.kill()
    process.communicate()
    tab.criterion("total-is-right").get_by_label("Note for the agent").press_sequentially("!")
    tab.page.get_by_text("hapi review does not answer").wait_for()
    assert tab.note("total-is-right") == "w" * 40 + "!"
    assert f">\n{'w' * 40}</textarea>" in served(made.desk()).get("/submissions/0/").text


def test_two_tabs_never_overwrite_each_other_silently(browser, app):
    address = f"{app.address}/submissions/0/"
    one = Tab(browser, address)
    two = one.another(address)
    for tab in (one, two):  # a tab that tells its time follows the other, unless something was entered in it
        tab.page.get_by_role("button", name="Pause").click()
    one.mark("total-is-right", "fail", "from the first tab")
    one.is_saved()
    one.page.wait_for_timeout(1000)
    two.mark("total-is-right", "pass", "from the second tab")
    two.page.get_by_text("changed in another tab").wait_for()
    assert two.note("total-is-right") == "from the second tab"
    assert "from the first tab" in app.get("/submissions/0/").text
    two.page.get_by_role("button", name="Load the other state").click()
    assert two.note("total-is-right") == "from the first tab"
    two.mark("total-is-right", "fail", "agreed")
    two.page.wait_for_timeout(1200)
    two.is_saved()
    one.mark("sorted-by-name", "pass")
    one.page.get_by_role("button", name="Save mine in its place").click()
    one.page.wait_for_timeout(500)
    assert "from the first tab" in app.get("/submissions/0/").text
    assert [line for line in one.told + two.told if "409" not in line] == []


def test_a_tab_in_which_nothing_was_entered_follows_the_other(browser, app):
    address = f"{app.address}/submissions/0/"
    one = Tab(browser, address)
    one.another(address).mark("total-is-right", "fail", "from elsewhere")
    one.page.wait_for_timeout(7000)
    assert one.note("total-is-right") == "from elsewhere"
    assert one.page.locator("#trouble").inner_text() == ""


def test_by_keyboard_alone(browser, app, made):
    page = Tab(browser, f"{app.address}/").page
    focus = "document.activeElement.closest('label, a, button, [tabindex]').textContent.trim().slice(0, 30)"

    def tab_to(words: str, most: int = 40) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(focus).startswith(words):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
        raise AssertionError(f"{words} is not reached")

    tab_to("Put our guest list")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/0/")
    tab_to("Skip to the rubric")
    page.keyboard.press("Enter")
    for number, name in enumerate(CRITERIA):
        tab_to("pass")
        page.keyboard.press("Space")
        for _ in range(number):
            page.keyboard.press("ArrowRight")
        tab_to("Note for the agent")
        page.keyboard.type(f"about {name}")
    tab_to("Finish")
    page.keyboard.press("Enter")
    page.get_by_text("saved as projects").wait_for()
    [review] = reviews.load(made.reviews.parent)
    assert {name: (mark.finding, mark.note) for name, mark in review.marks.items()} == {
        name: (finding, f"about {name}") for name, finding in zip(CRITERIA, Finding, strict=True)
    }


def test_what_lacks_is_said_and_led_to(browser, app):
    tab = Tab(browser, f"{app.address}/submissions/0/")
    tab.mark("sorted-by-name", "pass")
    tab.page.get_by_role("button", name="Finish").click()
    tab.page.get_by_text("Nothing is finished yet: 2 criteria need a finding.").wait_for()
    tab.page.locator("#finished a").first.click()
    assert tab.page.evaluate("document.activeElement.dataset.criterion") == "total-is-right"


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1400)])
def test_it_fits_and_axe_finds_nothing_serious(browser, app, made, scheme, width):
    tab = Tab(browser, f"{app.address}/", width, scheme)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert grave(tab.page) == []
    tab.page.goto(f"{app.address}/submissions/{app.number(made.digests[1])}/")
    for name in LATER:
        tab.file(name)
    tab.page.evaluate(UNFOLD)
    tab.criterion("total-is-right").get_by_label("Note for the agent").fill(str(made.project.variant(0).gold["nights"]))
    tab.page.get_by_text("gives away").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert grave(tab.page) == []
    assert tab.told == []


def test_the_panes_stand_side_by_side_where_there_is_room(browser, app):
    tops = {}
    for width in (360, 1400):
        page = Tab(browser, f"{app.address}/submissions/0/", width).page
        tops[width] = [page.locator(pane).bounding_box()["y"] for pane in ("#asked", "#handed-in", "#rubric")]
    assert len(set(tops[1400])) == 1 and len(set(tops[360])) == 3
