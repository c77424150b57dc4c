"""What the harness says."""

import pytest

from hapi_pytest.model import Importance, Mark
from hapi_pytest.projects import Project
from hapi_pytest.prompts import NUDGE, RETRY, brief_message, review_message, system_prompt


def mark(name: str, passed: bool) -> Mark:
    return Mark(
        criterion=name, importance=Importance.CRITICAL, statement=f"It {name}", passed=passed, reason="secret 4711"
    )


def test_the_brief_comes_with_price_attachments_and_file_names(make_project):
    project = Project(make_project({"inputs/logo/a.svg": "<svg/>"}))
    variant = project.variant(0)
    assert brief_message(project, variant) == (
        f"# Shop notice\n\n{variant.brief.strip()}\n\nFixed price: $60\n\n"
        "Attachments:\n- inputs/logo/a.svg\n- inputs/rules.md\n\nHand in:\n- deliverable/notice.txt\n"
    )


def test_the_brief_holds_neither_gold_nor_notes_nor_canary(make_project):
    project = Project(make_project())
    text = brief_message(project, project.variant(0))
    assert "41" not in text and "hapi-pytest-canary" not in text and "Customers of" not in text


@pytest.mark.parametrize("price", ["60", "60.0", "12.5"])
def test_the_price_has_no_needless_zeros(make_project, project_file, price):
    project = Project(make_project({"project.toml": project_file("project.toml").replace("= 60", f"= {price}")}))
    assert f"Fixed price: ${float(price):g}\n" in brief_message(project, project.variant(0))


def test_a_review_holds_statements_and_notes():
    text = review_message(
        wrong=[("It names the day", "Look at line 1."), ("It is kind", "")], fine=[("It is short", "")]
    )
    assert "Not met:\n- It names the day: Look at line 1.\n- It is kind\n" in text
    assert "Fine as it is:\n- It is short\n" in text and "Could not be told" not in text


def test_a_review_without_notes_or_passes_says_so():
    text = review_message(wrong=[], fine=[])
    assert "Not met:\n- (the reviewer left no note)" in text and "Fine as it is:\n- (nothing yet)" in text


def test_what_a_reviewer_cannot_tell_is_said():
    text = review_message(wrong=[], fine=[], unclear=[("It is true", "Where is this from?")])
    assert "\n\nCould not be told:\n- It is true: Where is this from?\n\nFine as it is:" in text


def test_a_blind_retry_tells_nothing_about_the_work():
    assert "not accepted" in RETRY and "Not met" not in RETRY and "{" not in RETRY


def test_the_system_prompt_names_folders_programs_and_packages():
    text = system_prompt(["bash", "jq"], ["openpyxl"])
    assert "`inputs/`" in text and "`deliverable/`" in text and "{" not in text
    assert "Programs at hand: bash, jq. Python packages at hand: openpyxl." in text


def test_the_system_prompt_says_when_there_is_nothing():
    text = system_prompt([], [])
    assert "at hand: none but the shell." in text and "at hand: none but the standard library." in text


def test_the_nudge_names_the_tool_and_the_folder():
    assert "`submit`" in NUDGE and "`deliverable/`" in NUDGE
