"""What a report says, what it leaves out, and that nothing in it is anything but text."""

import datetime
import re
from pathlib import Path

import bs4
import pytest

from hapi_pytest import report
from hapi_pytest.model import Arm, Status
from hapi_pytest.report import charts, figures, harmless
from hapi_pytest.report.page import DETAIL_BYTES
from hapi_pytest.results import write as write_results
from hapi_pytest.reviews import Finding, Review, ReviewMark
from hapi_pytest.runs import About, Run
from hapi_pytest.scoreboard import STAND_IN_NOTICE
from hapi_pytest.workspace import Taken
from tests.report.conftest import EVIL, PAGE, PROJECT, facts, outcome, results

ALONE, RETRY, REVIEWED = Arm
OURS = re.compile(
    "html|head|body|meta|title|style|header|main|section|article|nav|h[1-5]|p|small|strong|code|b|i|a|ol|ul|li|dl|dt|dd|"
    "span|div|figure|table|thead|tbody|tr|th|td|details|summary|pre|img|iframe|svg|g|path|text|tspan|line|rect|defs|"
    "clippath"
)


def soup(path: Path) -> bs4.BeautifulSoup:
    return bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html5lib")


def said(path: Path) -> str:
    return re.sub(r"\s+", " ", soup(path).get_text(" "))


def test_nothing_untrusted_becomes_an_element_or_an_attribute(hostile_page):
    page = soup(hostile_page)
    assert [element.name for element in page.find_all(True) if not OURS.fullmatch(element.name.lower())] == []
    attributes = {name for element in page.find_all(True) for name in element.attrs}
    assert not {name for name in attributes if name.startswith("on")}
    assert {a["href"][0] for a in page.find_all("a")} == {"#"}
    assert {image["src"].partition(",")[0] for image in page.find_all("img")} == {
        "data:image/png;base64",
        "data:image/svg+xml;base64",
    }
    for frame in page.find_all("iframe"):
        assert "".join(frame["sandbox"]) == ""
        assert not frame.has_attr("src")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_untrusted_text_is_shown_as_it_is(hostile_page):
    text = soup(hostile_page).get_text()
    for told in (f"I did. {EVIL}", f"The brief {EVIL}", f"Not met: {EVIL}", f"because {EVIL}", f"Title {EVIL}"):
        assert told in text
    assert '=HYPERLINK("http://evil.example","x")' in text


def test_a_page_is_shown_without_whatever_acts():
    page = bs4.BeautifulSoup(harmless.page(PAGE), "html5lib")
    assert "Procedure" in page.get_text()
    assert "last" in page.get_text()
    assert not page.find_all(["script", "base", "link", "iframe", "animate"])
    assert [meta.attrs for meta in page.find_all("meta")] == [
        {"http-equiv": "Content-Security-Policy", "content": harmless.POLICY}
    ]
    names = {name for element in page.find_all(True) if element.name != "meta" for name in element.attrs}
    assert names <= {"style"}
    assert not re.search(r"javascript:|hacked|@import|url\(|\\", str(page))


@pytest.mark.parametrize("source", ["", "<", "<table><td>" * 300, "<div>" * 5_000, "<!doctype html>\0<p a=1 a=2>x"])
def test_a_broken_page_is_no_crash(source):
    assert harmless.page(source) is None or "<!doctype html>" in harmless.page(source)


def test_files_are_shown_by_what_they_are(hostile_page):
    page = soup(hostile_page)
    files = {file.h5.contents[0].strip(): file for file in reversed(page.select(".file"))}
    assert [cell.get_text() for cell in files["book.xlsx"].select("td")] == ["Customer <b>", EVIL, "1", "2"]
    assert files["table.csv"].select("td")[3].get_text() == '=HYPERLINK("http://evil.example","x")'
    assert files["pixel.png"].img["alt"] == "pixel.png, as the agent made it"
    assert "It is no png image that can be read." in files["no.png"].get_text()
    assert "is a binary file of 256 bytes, not text" in files["binary.bin"].get_text()
    assert "The same as in alone." in str(page)
    assert page.find("h4", string="Feedback, as the agent got it").find_next("pre").get_text() == f"Not met: {EVIL}"


def test_long_texts_are_cut(hostile_page):
    assert "more characters are not shown" in said(hostile_page)
    assert 5_001 * "x" not in hostile_page.read_text()


def test_what_lies_with_the_run_is_shown_and_nothing_else(tmp_path):
    told = {"root": str(tmp_path), "projects": "projects", "cassettes": "cassettes", "sandbox": "none"}
    run = Run(tmp_path, "20260101T000000-1", about=About(options={}, arguments=(), **told))
    run.begin()
    (tmp_path / "made.txt").write_text("kept work")
    run.keep("m/a", Taken(files={"made.txt": tmp_path / "made.txt"}, refused={"pipe": "is no regular file"}))
    (run.folder / "secret").mkdir()
    (run.folder / "secret/key.txt").write_text("a secret")
    (run.folder / "secret.json").write_text("{}")
    found = results([
        outcome(PROJECT, ALONE, "AB", kept=("m/a",)),
        outcome("writing/other", ALONE, "AB", kept=("../secret",)),
        outcome("writing/gone", ALONE, "AB", kept=("m/gone",)),
    ])  # fmt: skip
    text = said(report.write(found, run.folder, tmp_path / "report"))
    assert "kept work" in text
    assert "pipe was not taken: is no regular file" in text
    assert "a secret" not in text
    assert "../secret: lies outside the run" in text
    assert "m/gone: is not with the run any more" in text


def test_a_recording_that_changed_is_not_shown(hostile, tmp_path):
    recorded, found = hostile
    changed = [outcome(PROJECT, ALONE, "Ab", recordings=(f"m/{PROJECT}/v0-alone",), transcripts=("0" * 64,))]
    text = said(report.write(results(changed), recorded.folder, tmp_path))
    assert f"m/{PROJECT}/v0-alone: the recording has changed since the run, so it is not shown" in text
    gone = [outcome("writing/gone", ALONE, "Ab", recordings=("m/writing/gone/v0-alone",), transcripts=("0" * 64,))]
    assert "the recording is gone" in said(report.write(results(gone), recorded.folder, tmp_path))
    assert "the results came without their run" in said(report.write(found, None, tmp_path))


def test_the_headline_has_counts_intervals_bounds_and_notices(tmp_path):
    outcomes = [
        outcome(f"writing/p{n}", arm, "AB" if n < done else "Ab", is_stand_in=True, made=1 + (n == 0))
        for n in range(20)
        for arm, done in ((ALONE, 5), (RETRY, 6), (REVIEWED, 15))
    ]
    outcomes[-1] = outcome("writing/p19", REVIEWED, "", status=Status.UNSCORED, reason="no <credit>")
    text = said(report.write(results(outcomes, is_cut=True, collected=80), None, tmp_path))
    assert "m completes 25 % of projects alone, 79 % reviewed" in text
    assert "alone 25 % 5 of 20 95 % interval 11 to 47 % criteria passed: 62 %" in text
    assert "reviewed 79 % 15 of 19 95 % interval 57 to 91 % at least 75 %, all unscored as incomplete" in text
    assert "Lift +52.6 points , n = 19, 95 % interval" in text
    assert "Unscored: 1 of 60 results" in text
    assert "This run was cut short. 59 of 80 results are scored" in text
    assert STAND_IN_NOTICE in text
    assert "3 of 60 results rest on recordings that were made more than once, up to 2 times" in text
    assert "reviewed is unscored: no <credit>" in text


def test_few_projects_have_no_interval_and_say_so(tmp_path):
    text = said(report.write(results([outcome("writing/a", ALONE, "AB")]), None, tmp_path))
    assert "too few for an interval: 1 project, 12 needed" in text


def test_a_run_of_nothing_is_reported(tmp_path):
    assert "Nothing was collected" in said(report.write(results([]), None, tmp_path))


def test_several_models_stand_beside_each_other(tmp_path):
    every = [outcome("writing/a", arm, "Ab", model=model) for model in ("one", "two") for arm in Arm]
    page = soup(report.write(results(every), None, tmp_path))
    assert [h.get_text() for h in page.select("#headline h3")] == ["one", "two"]
    assert len(page.select(".engagement")) == 2
    assert page.select("#map li a")[1]["href"] == f"#{page.select('.engagement')[1]['id']}"


def test_the_map_shows_each_criterion_before_and_after(tmp_path):
    marks = [outcome("writing/a", ALONE, "ABcd"), outcome("writing/a", REVIEWED, "ABCd", "ABcd", is_forked=True)]
    page = soup(report.write(results(marks), None, tmp_path))
    strips = [[cell["class"][0] for cell in strip.select("i")] for strip in page.select("#map .strip")]
    assert strips == [["pass", "pass", "fail", "fail"], ["pass", "pass", "pass", "fail"]]
    assert page.select("#map .strips")[0]["aria-label"] == (
        "a: alone: 2/4 criteria passed; reviewed: 3/4 criteria passed; failing at the end: criterion-03"
    )
    rows = [[cell.get_text() for cell in row.select("td")] for row in page.select("#failures > .wide tbody tr")]
    assert rows == [["optional", "1 of 1", "1 of 1"], ["pitfall", "1 of 1", "0 of 1"]]


def test_samples_are_shares_of_a_square(tmp_path):
    marks = [outcome("writing/a", ALONE, text, sample=n) for n, text in enumerate(("ABcd", "AbCd", "ABCd"), 1)]
    page = soup(report.write(results(marks), None, tmp_path))
    assert [cell["class"][0] for cell in page.select("#map .strip i")] == ["pass", "most", "most", "fail"]
    assert "mean of 1" in page.select_one(".hero").get_text()


@pytest.mark.parametrize("name", ["<script>hacked = 1</script>", 'a" onload="hacked = 1', "a|b'&amp;"])
def test_names_are_text_in_a_chart(name):
    [figure] = figures.categories([outcome(f"{name}/a".replace("</", "<"), ALONE, "AB")])
    drawn = bs4.BeautifulSoup(charts.dots([figure]), "html5lib")
    assert [element.name for element in drawn.svg.find_all(True) if not OURS.fullmatch(element.name.lower())] == []
    assert not [attribute for element in drawn.find_all(True) for attribute in element.attrs if attribute[:2] == "on"]


def test_a_chart_has_its_whole_axis_and_its_counts():
    drawn = bs4.BeautifulSoup(charts.dots(figures.categories([outcome("writing/a", ALONE, "AB")])), "html5lib")
    assert [text.get_text() for text in drawn.find_all("text") if text.get_text()][:3] == ["0%", "50%", "100%"]
    assert "n = 1" in drawn.get_text()


@pytest.mark.parametrize(("reason", "is_whole"), [("short <", True), ("long & <" * 50, False)])
def test_a_large_run_stays_below_five_megabytes_and_says_what_it_leaves_out(reason, is_whole, tmp_path):
    projects = {f"category-{n % 8}/project-{n}": facts(12) for n in range(322)}
    before, after = ("ABCDefghIJKl", "ABCDEFGhIJKl")
    reasons = {arm: {f"criterion-{n:02}": f"{arm} {reason}" for n in (5, 7, 11)} for arm in Arm}
    every = [
        outcome(project, arm, marks, before, model=model, reasons=reasons[arm])
        for model in ("one", "two")
        for number, project in enumerate(projects)
        for arm, marks in ((ALONE, before), (RETRY, before), (REVIEWED, after if number % 3 else after.upper()))
    ]
    path = report.write(results(every, projects), None, tmp_path)
    assert DETAIL_BYTES / 2 < path.stat().st_size < 5_000_000
    text = path.read_text(encoding="utf-8")  # a parser of web pages would take longer than all other tests together
    assert text.count('<section class="engagement"') == 644
    shown = text.count("<summary>Marks ")
    assert (shown == 644) is is_whole
    notice = f"Details are shown of {shown} of 644 engagements, incomplete ones first"
    assert (notice in text) is not is_whole


def test_the_report_replaces_the_one_before_and_leaves_nothing_aside(tmp_path):
    for marks in ("AB", "Ab"):
        report.write(results([outcome("writing/a", ALONE, marks)]), None, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert "incomplete" in said(tmp_path / "index.html")


def test_the_command_takes_a_file_and_prints_the_path(tmp_path, capsys):
    write_results(results([outcome("writing/a", ALONE, "Ab")]), tmp_path / "r.json")
    assert report.run(str(tmp_path / "r.json"), tmp_path / "out") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / 'index.html'}\n"


def test_misuse_is_told_with_its_fix(tmp_path, capsys):
    write_results(results([outcome("writing/a", ALONE, "Ab")]), tmp_path / "r.json")
    assert report.run(str(tmp_path / "nothing"), tmp_path) == 2
    assert "hapi report: " in (told := capsys.readouterr().err) and "allowed:" in told
    assert report.run(str(tmp_path / "r.json"), tmp_path / "r.json") == 2
    assert "fix:     name a folder to write to" in capsys.readouterr().err


def test_reviewers_are_held_against_each_other_and_against_the_checks(tmp_path):
    done = outcome(PROJECT, ALONE, "Ab", handed_in="c" * 64)
    reviews = tuple(
        Review(
            reviewer=name, minutes=5, recorded=datetime.date(2026, 11, 23), variant=0, handed_in="c" * 64,
            is_blind=False,
            marks={
                f"criterion-{number:02}": ReviewMark(finding=finding, note=f"{name} {EVIL}")
                for number, finding in enumerate(findings)
            },
        )
        for name, findings in {"Ada": (Finding.FAIL, Finding.FAIL), "Bo": (Finding.PASS, Finding.FAIL)}.items()
    )  # fmt: skip
    path = report.write(results([done], reviews={PROJECT: reviews}), None, tmp_path)
    text = said(path)
    assert "all criteria Ada, Bo 1 of 2 0.00" in text
    assert f"criterion-00 {PROJECT}, variant 0 Ada: fail pass Ada {EVIL}" in text
    assert [len(table.find_all("tr")) for table in soup(path).select("#reviewers tbody")] == [3, 1]
    assert "#reviewers" in {a["href"] for a in soup(path).find_all("a")}


def test_without_reviews_nothing_is_said_of_reviewers(tmp_path):
    path = report.write(results([outcome(PROJECT, ALONE, "Ab")]), None, tmp_path)
    assert "#reviewers" not in path.read_text()
