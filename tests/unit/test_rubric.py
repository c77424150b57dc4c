"""Rubrics are checked against their project: citations, notes and what checks ask for."""

import pytest

from hapi_pytest import Rubric
from hapi_pytest.errors import ProjectError
from hapi_pytest.model import Importance
from hapi_pytest.projects import Project
from hapi_pytest.rubric import check_citations, check_rubric


@pytest.fixture
def project(make_project) -> Project:
    return Project(make_project())


def sound(brief="We close on {day}.", attachments=None, importance="critical") -> Rubric:
    rubric = Rubric()

    @getattr(rubric, importance)("The notice names the day", brief=brief, attachments=attachments)
    def names_the_day(deliverable, facts):
        assert facts.day in deliverable.text("notice.txt")

    return rubric


def told(check, *arguments) -> str:
    with pytest.raises(ProjectError) as caught:
        check(*arguments)
    text = str(caught.value)
    assert "\n  fix:     " in text
    return text


def test_a_check_becomes_a_criterion():
    (criterion,) = sound(attachments={"rules.md": ["words", "more"], "b.md": "x"}).criteria
    assert criterion.attachments == (("rules.md", "words"), ("rules.md", "more"), ("b.md", "x"))
    (criterion,) = sound(attachments={"rules.md": "words"}).criteria
    assert (criterion.id, criterion.importance) == ("names-the-day", Importance.CRITICAL)
    assert criterion.statement == "The notice names the day" and criterion.arguments == ("deliverable", "facts")
    assert criterion.brief == ("We close on {day}.",) and criterion.attachments == (("rules.md", "words"),)


def test_every_importance_has_its_decorator():
    rubric = Rubric()
    for name in ("critical", "important", "optional", "pitfall"):
        getattr(rubric, name)("x", brief="y")(lambda: None)
    assert [str(c.importance) for c in rubric.criteria] == ["critical", "important", "optional", "pitfall"]
    assert [c.importance.is_blocking for c in rubric.criteria] == [True, True, False, True]


def test_a_decorated_check_can_still_be_called():
    rubric = Rubric()

    @rubric.optional("x", brief=["a", "b"])
    def check(deliverable):
        return "called"

    assert check(None) == "called" and rubric.criteria[0].brief == ("a", "b")


def test_a_sound_rubric_is_returned(project):
    rubric = sound()
    assert check_rubric(project, rubric) is rubric
    check_citations(project, rubric, project.variant(0))


@pytest.mark.parametrize("rubric", [None, Rubric(), "rubric", Rubric])
def test_a_module_without_rubric_is_told(project, rubric):
    text = told(check_rubric, project, rubric)
    assert text.startswith(f"{project.folder / 'test_shop_notice.py'}: there is no rubric\n  key:     rubric\n")
    assert "allowed: a Rubric with criteria" in text and "write `rubric = Rubric()`" in text


def test_a_criterion_that_stands_there_twice_is_told_with_both_lines(project):
    rubric = sound()
    rubric.criteria += sound(importance="pitfall").criteria
    text = told(check_rubric, project, rubric)
    line = rubric.criteria[0].line
    assert text.startswith(f"{project.folder / 'test_shop_notice.py'}:{line}: ") and f"first in line {line}" in text
    assert "key:     names-the-day" in text and "rename one of the two" in text


@pytest.mark.parametrize("brief", [(), "", " ", ("",), ["We close on {day}.", ""]])
def test_a_criterion_that_quotes_nothing_is_told(project, brief):
    text = told(check_rubric, project, sound(brief))
    assert "the criterion quotes nothing that asks for it" in text and "key:     names-the-day" in text
    assert 'allowed: brief="words of the brief" or attachments={"file": "words of it"}' in text


def test_a_quote_of_an_attachment_is_enough(project):
    rubric = sound((), {"rules.md": "At most 41 words for {shop}"})
    assert check_rubric(project, rubric)
    check_citations(project, rubric, project.variant(0))


def test_an_unknown_argument_is_told(project):
    rubric = sound()

    @rubric.optional("x", brief="Please")
    def other(deliverable, fact, *, workbook=None):
        pass

    text = told(check_rubric, project, rubric)
    assert "asks for an argument that is not there" in text and "key:     other\n  value:   'fact'" in text
    assert "allowed: deliverable, facts, sandbox" in text and f":{rubric.criteria[1].line}: " in text


def test_a_check_that_pytest_would_collect_is_told(project):
    rubric = sound()

    @rubric.optional("Its tests pass", brief="Please")
    def tests_pass(deliverable):
        pass

    text = told(check_rubric, project, rubric)
    assert "pytest would take the check for a test" in text and "key:     tests-pass" in text


def test_a_check_may_ask_for_nothing_and_for_the_sandbox(project):
    rubric = sound()
    rubric.optional("x", brief="Please")(lambda: None)
    assert check_rubric(project, rubric).criteria[1].arguments == ()


def test_a_note_for_an_unknown_criterion_is_told(make_project, project_file):
    feedback = project_file("feedback.toml") + 'names-teh-day = "Look again."\n'
    text = told(check_rubric, Project(make_project({"feedback.toml": feedback})), sound())
    assert "feedback.toml: the note is for a criterion that does not exist" in text
    assert "key:     notes.names-teh-day\n  value:   'Look again.'\n  allowed: names-the-day\n" in text


@pytest.mark.parametrize("importance", ["critical", "important", "pitfall"])
def test_a_blocking_criterion_without_note_is_told(project, importance):
    rubric = sound()
    getattr(rubric, importance)("It is short", brief="Please")(is_short)
    text = told(check_rubric, project, rubric)
    assert f"feedback.toml: a {importance} criterion has no note\n  key:     notes.is-short\n" in text
    assert "the place and the reason, never the value" in text


def test_an_optional_criterion_needs_no_note(project):
    rubric = sound()
    rubric.optional("It is short", brief="Please")(is_short)
    assert check_rubric(project, rubric)


def is_short(deliverable):
    pass


@pytest.mark.parametrize("span", ["We close on {day}. Please write", "Please\n   write a notice", "for {shop}."])
def test_a_span_is_found_whatever_its_white_space(project, span):
    check_citations(project, sound(span), project.variant(0))


def test_a_span_that_does_not_stand_in_the_brief_is_told(project):
    rubric = sound(["Please write", "We never close"])
    text = told(check_citations, project, rubric, project.variant(2))
    assert text.startswith(f"{project.folder / 'test_shop_notice.py'}:{rubric.criteria[0].line}: ")
    assert "the quoted span does not stand in brief.md" in text and "value:   'We never close'" in text
    assert "allowed: words of brief.md of variant 2" in text and "key:     names-the-day" in text


def test_a_span_of_another_case_is_told(project):
    assert "does not stand in brief.md" in told(check_citations, project, sound("please WRITE"), project.variant(0))


def test_a_span_that_does_not_stand_in_the_attachment_is_told(project):
    rubric = sound((), {"rules.md": "At most 42 words"})
    assert "does not stand in rules.md" in told(check_citations, project, rubric, project.variant(0))


def test_a_placeholder_of_a_span_without_fact_is_told(project):
    text = told(check_citations, project, sound("We close on {date}."), project.variant(0))
    assert "test_shop_notice.py: a placeholder names no given fact" in text and "'{date}'" in text


def test_a_quoted_attachment_that_does_not_exist_is_told(project):
    text = told(check_citations, project, sound((), {"rule.md": "x"}), project.variant(0))
    assert "the quoted attachment does not exist" in text and "value:   'rule.md'\n  allowed: rules.md\n" in text


def test_a_quoted_attachment_of_a_project_without_any_is_told(make_project):
    project = Project(make_project({"inputs.py": None, "brief.md": "x", "feedback.toml": FEEDBACK}))
    text = told(check_citations, project, sound((), {"rules.md": "x"}), project.variant(0))
    assert "allowed: none: the project has no attachments" in text


FEEDBACK = 'reviewer = "x"\nminutes = 1\nrecorded = 2026-01-01\nrecorded_on = "x"\nis_authored = true\n[notes]\n'


def test_a_quoted_attachment_without_text_is_told(make_project):
    project = Project(make_project({"inputs/photo.png": b"\xff\xd8"}))
    text = told(check_citations, project, sound((), {"photo.png": "x"}), project.variant(0))
    assert "photo.png: is a binary file of 2 bytes, not text" in text and "quote a readable attachment" in text


@pytest.mark.parametrize("statement", [lambda deliverable: None, "", " ", None])
def test_a_criterion_without_statement_is_told_where_it_is_declared(statement):
    with pytest.raises(TypeError, match=r'@rubric\.pitfall\("What must hold"'):
        Rubric().pitfall(statement, brief="x")


def test_an_importance_that_does_not_exist_is_told_with_those_there_are():
    with pytest.raises(AttributeError, match="no importance 'vital'; there are critical, important, optional, pitfall"):
        _ = Rubric().vital


def test_a_citation_that_is_no_text_is_told(project):
    assert "quotes nothing that asks for it" in told(check_rubric, project, sound(brief=[5]))
