"""Rubric: service bot."""
# hapi-pytest canary 9962d359-7511-4b7c-90a7-617ada65acf8

import json

from hapi_pytest import Rubric
from hapi_pytest.programs import Program
from hapi_pytest.readers.nodes import json_node

rubric = Rubric()

PAGE = """import json
import os
import select
import subprocess
import sys

bot = subprocess.Popen([sys.executable, "bot.py", "flow.json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answered():
    text = b""
    while not text.endswith(b"\\n"):
        if not select.select([bot.stdout], [], [], 8)[0] or not (more := os.read(bot.stdout.fileno(), 4096)):
            break
        text += more
    return text.decode(errors="replace").strip()


answers = [answered()]
for line in json.load(open("lines.json", encoding="utf-8")):
    if not answers[-1]:
        break
    try:
        bot.stdin.write(f"{line}\\n".encode())
        bot.stdin.flush()
    except BrokenPipeError:
        break
    answers.append(answered())
bot.kill()
print(json.dumps(answers))
"""
"""Talks to the bot as the client's page does: it sends a line only when the one before is answered."""


def heard_in(facts, talks):
    """All lines of some dialogues, each begun anew."""
    return [line for talk in talks for line in (facts.new_line, *(heard for heard, _ in talk))]


def hidden(facts):
    """The hidden dialogues on the client's flow with the names of their groups."""
    return [(name, talk) for name in sorted(facts.hidden) for talk in facts.hidden[name]]


def ran(sandbox, deliverable, facts):
    """Let the bot have all dialogues on either flow, and one line by line."""
    bot, call = deliverable.read("bot.py"), ["python3", "bot.py", "flow.json"]
    talks = {
        "own": (facts.flow, [talk for _, talk in hidden(facts)]),
        "other": (facts.other["flow"], facts.other["talks"]),
    }
    programs = {
        name: Program(call, {"bot.py": bot, "flow.json": flow}, "\n".join(heard_in(facts, some)) + "\n")
        for name, (flow, some) in talks.items()
    }
    lines = json.dumps([line for line, _ in facts.hidden["wished"][0]])
    files = {"bot.py": bot, "flow.json": facts.flow, "page.py": PAGE, "lines.json": lines}
    return sandbox.run_all(programs | {"page": Program(["python3", "page.py"], files)})


def said(facts, done, talks):
    """Return what the bot said first and in each of some dialogues."""
    lines = heard_in(facts, talks)
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
    talks = hidden(facts)
    _, found = said(facts, ran(sandbox, deliverable, facts)["own"], [talk for _, talk in talks])
    for (name, talk), one in zip(talks, found, strict=True):
        if name in groups:
            assert_said(facts, facts.first, talk, one)


@rubric.critical(
    "The wished dialogues come out as they stand",
    brief="three dialogues as we wish them",
    attachments={"rules.md": "It answers each line, an empty one too, with exactly one line on standard output"},
)
def wished_dialogues(deliverable, facts, sandbox):
    assert_talks(deliverable, facts, sandbox, "wished")


@rubric.important(
    "Each line is answered at once, before the next one comes",
    brief=["The page waits for one line after each line it sends", "Write each line at once and do not hold it back."],
)
def lines_come_at_once(deliverable, facts, sandbox):
    done = ran(sandbox, deliverable, facts)["page"]
    answers = [one.text() for one in json_node("the talk line by line", done.stdout).list()]
    assert answers and " ".join(answers[0].split()) == facts.first, f"it begins with {answers[:1]}"
    count, wanted = sum(answer != "" for answer in answers) - 1, len(facts.hidden["wished"][0])
    assert count == wanted, f"it answered {count} of {wanted} lines while the page waited"


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
    greeting, found = said(facts, ran(sandbox, deliverable, facts)["other"], other["talks"])
    assert greeting == " ".join(other["first"].split()), f"it begins with {greeting[:200]!r}"
    for talk, one in zip(other["talks"], found, strict=True):
        assert_said(facts, other["first"], talk, one)


def test_service_bot(engagement):
    engagement.assert_complete()
