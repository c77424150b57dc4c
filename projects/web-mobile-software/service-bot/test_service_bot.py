"""Rubric: service bot."""
# hapi-pytest canary 9962d359-7511-4b7c-90a7-617ada65acf8

from hapi_pytest import Rubric

rubric = Rubric()


def said(sandbox, deliverable, facts, flow, talks):
    """Let the bot have all dialogues, each begun anew, and return what it says in each."""
    lines = [line for talk in talks for line in (facts.new_line, *(heard for heard, _ in talk))]
    files = {"bot.py": deliverable.read("bot.py"), "flow.json": flow}
    done = sandbox.run(["python3", "bot.py", "flow.json"], files, stdin="\n".join(lines) + "\n")
    found = [" ".join(line.split()) for line in done.stdout.removeprefix("\ufeff").rstrip().split("\n")]
    count = f"to {len(lines)} lines it said {len(found)} lines: {done.stderr.strip()[-300:]}"
    assert len(found) == len(lines) + 1, f"{count}; {found[-1][:100]!r} is the last"
    at, result = 1, []
    for talk in talks:
        result.append(found[at : at + len(talk) + 1])
        at += len(talk) + 1
    return found[0], result


def assert_said(facts, first, talk, found):
    wanted = [first, *(answer for _, answer in talk)]
    heard = [facts.new_line, *(line for line, _ in talk)]
    for line, answer, one in zip(heard, wanted, found, strict=True):
        assert one == " ".join(answer.split()), (
            f"to {line!r} after {heard[: heard.index(line)][-3:]} it said {one[:200]!r}"
        )


def assert_talks(deliverable, facts, sandbox, *groups):
    """All hidden dialogues are one talk; a criterion looks at its own part of it."""
    names = sorted(facts.hidden)
    _, found = said(sandbox, deliverable, facts, facts.flow, [talk for name in names for talk in facts.hidden[name]])
    at = 0
    for name in names:
        for talk in facts.hidden[name]:
            if name in groups:
                assert_said(facts, facts.first, talk, found[at])
            at += 1


@rubric.critical(
    "The wished dialogues come out as they stand",
    brief="three dialogues as we wish them",
    attachments={"rules.md": "It answers each line, an empty one too, with exactly one line on standard output"},
)
def wished_dialogues(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "wished")


@rubric.critical(
    "Every way through the flow leads to its end, on both sides of a condition",
    brief="how the bot has to read answers and move through a flow",
    attachments={"rules.md": "a number that its value reaches"},
)
def ways_through_the_flow(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "paths")


@rubric.critical(
    "Misses in a row say the texts one by one and then hand over, and the chat is closed",
    brief="please take it literally",
    attachments={"rules.md": "one more than there are texts says `handover`, and the chat is over"},
)
def misses_in_a_row(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "misses_in_a_row")


@rubric.important(
    "An answer that fits begins the count of misses anew, and a state may have texts of its own",
    brief="please take it literally",
    attachments={"rules.md": "An answer that fits, `back` and `restart` begin the count anew."},
)
def misses_counted_anew(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "misses_counted")


@rubric.critical(
    "Words are found in capitals, without accents, between marks, by number, and only as whole words",
    brief="They type in capitals, forget accents",
    attachments={"rules.md": '"table" does not stand in "tablet"'},
)
def words_are_found(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "words_folded")


@rubric.important(
    "Where several options fit the longest phrase is meant, and of equal ones what the rules say",
    brief="please take it literally",
    attachments={"rules.md": "phrase has most characters (folded, blanks counted) is meant"},
)
def longest_phrase_is_meant(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "longest_words")


@rubric.important(
    "Help and empty lines have the question asked again and are no misses",
    brief="please take it literally",
    attachments={"rules.md": "and the question again. No miss"},
)
def help_is_no_miss(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "help_and_silence")


@rubric.critical(
    "Back goes to the question before and forgets its answer, restart forgets everything",
    brief="change their minds",
    attachments={"rules.md": "what was answered to it is forgotten"},
)
def back_and_restart(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "back_and_restart")


@rubric.critical(
    "A call for a human is heard in any sentence and any state",
    brief="The mail wins over the rules.",
    attachments={"mail.txt": "it is enough that one of its words stands in the answer, wherever the chat is"},
)
def human_is_heard_anywhere(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "people_called")


@rubric.critical(
    "Codes and numbers are read as people type them, and what is none is a miss",
    brief="please take it literally",
    attachments={"rules.md": "a word of the folded answer that has only digits is a number"},
)
def codes_and_numbers(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "codes_and_numbers")


@rubric.important(
    "Dates are read over the turn of the year and refused out of bounds",
    brief="please take it literally",
    attachments={"rules.md": "it is the first such day from today on"},
)
def dates_are_read(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "dates")


@rubric.critical(
    "A new chat knows nothing of the old one",
    attachments={"rules.md": "begins a new chat that knows nothing of the old one"},
)
def new_chat_is_new(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "new_ones")


@rubric.pitfall(
    "Another flow is followed just as well: nothing of the first is in the program",
    brief="So please do not write anything of ours into the program",
)
def other_flow_is_followed(deliverable, facts, sandbox):
    other = facts.other
    greeting, found = said(sandbox, deliverable, facts, other["flow"], other["talks"])
    assert greeting == " ".join(other["first"].split()), f"it begins with {greeting[:200]!r}"
    for talk, one in zip(other["talks"], found, strict=True):
        assert_said(facts, other["first"], talk, one)


def test_service_bot(engagement):
    engagement.assert_complete()
