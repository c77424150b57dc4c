"""A recording that does not fit any more is an error that says where, and nothing is sent anywhere."""

import pytest

GUESTS = "projects/admin-support/guest-list"
NOTICE = "projects/writing/shop-notice"


def errors(done):
    return sorted(line.split("::")[1].split(" ")[0] for line in done.stdout.splitlines() if line.startswith("ERROR "))


ALL_GUESTS = [f"test_guest_list[stand-in-v0-{arm}]" for arm in ("alone", "retry", "reviewed")]
ALL_NOTICE = [f"test_shop_notice[stand-in-v0-{arm}]" for arm in ("alone", "retry", "reviewed")]


def test_one_word_of_a_brief(suite, run_args):
    suite.replace(f"{GUESTS}/brief.md", "a small inn", "a tiny inn")
    done = suite.run(*run_args)
    assert errors(done) == ALL_GUESTS
    assert "admin-support/guest-list, variant 0, arm alone, round 1: the recording is stale" in done.stdout
    assert "-We run a small inn" in done.stdout
    assert "+We run a tiny inn" in done.stdout


def test_one_word_of_a_note_that_was_applied(suite, run_args):
    suite.replace(f"{GUESTS}/feedback.toml", "we read it by name", "we read it by family name")
    done = suite.run(*run_args)
    assert errors(done) == ["test_guest_list[stand-in-v0-reviewed]"]
    assert "arm reviewed, round 1" in done.stdout
    assert "+" in done.stdout
    assert "we read it by family name" in done.stdout


def test_a_note_that_was_not_applied_changes_nothing(suite):
    suite.replace(f"{NOTICE}/feedback.toml", "The last line is not", "The closing line is not")
    assert errors(suite.run()) == []


def test_one_number_in_an_attachment_that_nobody_needs_to_open(suite):
    rules = suite.root / GUESTS / "inputs/rules.md"
    rules.write_text(rules.read_text() + "Last changed in 2019.\n")
    done = suite.run()
    assert errors(done) == ALL_GUESTS
    assert "attachments: rules.md changed since the recording" in done.stdout


@pytest.mark.parametrize(
    ("module", "old", "new", "shown"),
    [
        ("prompts.py", "Do the whole work yourself", "Do all the work yourself", "+You are a freelancer"),
        ("tools.py", "There is no network.", "There is no internet.", "tools: run changed since the recording"),
        ("tools.py", 'VERSION = "1"', 'VERSION = "2"', "tools: version changed since the recording"),
    ],
)
def test_one_word_of_the_prompt_or_of_a_tool(suite, own_copy, module, old, new, shown):
    package = own_copy()
    text = (package / module).read_text()
    assert text.count(old) == 1
    (package / module).write_text(text.replace(old, new))
    done = suite.run(environment={"PYTHONPATH": str(package.parent)})
    assert errors(done) == ALL_GUESTS + ALL_NOTICE
    assert shown in done.stdout


def test_a_stored_file_that_is_missing(suite):
    next((suite.root / "cassettes/stand-in/writing/shop-notice/files").glob("*.txt")).unlink()
    done = suite.run()
    assert errors(done) == ALL_NOTICE
    assert "is missing" in done.stdout


def test_a_broken_transcript(suite):
    file = suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.json"
    file.write_text(file.read_text()[:-200])
    done = suite.run()
    assert errors(done) == ALL_NOTICE
    assert "is not a transcript" in done.stdout


def test_a_parent_recorded_anew_makes_its_forks_stale(suite):
    file = suite.root / "cassettes/stand-in/admin-support/guest-list/v0-alone.json"
    file.write_text(file.read_text().replace('"output_tokens":', '"output_tokens":1', 1))
    done = suite.run()
    assert errors(done) == ALL_GUESTS[1:]
    assert "forked from was recorded anew" in done.stdout
