"""The stand-in's mind: what an AI freelancer says and does next, decided by the conversation alone."""

from collections.abc import Sequence
from pathlib import Path, PurePath

import msgspec

from hapi_pytest.projects import Project, Variant
from hapi_pytest.stand_in.attempts import SUBMIT, Attempt, attempts, shown_files
from hapi_pytest.stand_in.conversation import Conversation, Reply, Request
from hapi_pytest.stand_in.hand_in import DRAFT, FOLDER, ROOM_CHARS, flaws_after, notes_in, python, write_file, writing
from hapi_pytest.stand_in.library import Library
from hapi_pytest.stand_in.persona import Persona, persona

INPUTS = "inputs"
_TEXTS = (".csv", ".eml", ".html", ".ics", ".json", ".md", ".txt", ".xml", ".yaml", ".yml")
_CHECK = """from pathlib import Path

for path in sorted(Path("deliverable").rglob("*"), key=str):
    if path.is_file():
        content = path.read_bytes()
        name = path.relative_to("deliverable").as_posix()
        print(name, len(content.splitlines()), "lines", len(content), "bytes")
"""


class Step(msgspec.Struct, frozen=True):
    """One answer with tool calls, as planned."""

    text: str
    calls: tuple[Request, ...]
    thoughts: str


class Mind:
    """Answers conversations about the projects of a library; keeps nothing between them."""

    def __init__(self, projects: Path) -> None:
        self._library = Library(projects)

    def reply(self, conversation: Conversation) -> Reply:
        """Return the next answer: a pure function of the conversation."""
        tried = attempts(conversation)
        if not tried or not conversation.tools:
            return Reply(text="I can only do this work with tools for reading, writing and submitting files.")
        if tried[-1].is_submitted:
            return Reply(text="The work is submitted.")
        steps = _possible(self._plan(conversation, tried), conversation)
        done = tried[-1].steps
        if done >= len(steps):
            return Reply(text="There is nothing more that I can do with these tools.")
        step = steps[done]
        return Reply(text=step.text, calls=step.calls, thoughts=step.thoughts)

    def _plan(self, conversation: Conversation, tried: Sequence[Attempt]) -> list[Step]:
        brief = tried[0].message
        project = self._library.project(brief)
        if project is None:
            return _helpless("I do not know this kind of work.", len(tried))
        names = self._attachments(project, brief)
        looking = _looking(names)
        if len(tried) == 1 and tried[0].steps < len(_possible(looking, conversation)):
            return looking
        shown = shown_files(tried[0].answered, INPUTS)
        looking += _reading_on(tried[0])
        if len(tried) == 1 and tried[0].steps < len(_possible(looking, conversation)):
            return looking
        variant = self._library.variant(project, brief, shown)
        if variant is None:
            plan = _helpless("The attachments do not read like anything that I know.", len(tried))
            return [*looking, *plan[1:]] if len(tried) == 1 else plan
        who = persona(conversation.model)
        messages = [attempt.message for attempt in tried[1:]]
        files = self._hand_ins(who, project, variant, conversation.seed, messages)
        if len(tried) == 1:
            return [*looking, *_making(project, files[-1], _room(conversation))]
        is_told = bool(notes_in(variant, messages[-1]))
        return _revising(files[-2], files[-1], _room(conversation), is_told=is_told)

    def _attachments(self, project: Project, brief: str) -> list[str]:
        """Return the names to read: those of the first variant that the message can be about."""
        fitting = self._library.variants(project, brief)
        return next((sorted(v.attachments) for v in fitting if all(name in brief for name in v.attachments)), [])

    def _hand_ins(
        self, who: Persona, project: Project, variant: Variant, seed: int, messages: Sequence[str]
    ) -> list[dict[str, bytes]]:
        """Return the hand-in of every attempt so far and of this one."""
        rounds = range(len(messages) + 1)
        flaws = [flaws_after(who, project, variant, seed, messages[:count]) for count in rounds]
        return [self._library.reference(project, variant, present) for present in flaws]


def _possible(plan: Sequence[Step], conversation: Conversation) -> list[Step]:
    """Return the steps that the offered tools allow, one call each where parallel calls are not wanted."""
    steps = []
    for step in plan:
        calls = tuple(call for call in step.calls if call.name in conversation.tools)
        if conversation.is_parallel:
            steps += [Step(step.text, calls, step.thoughts)] if calls else []
        else:
            steps += [Step(step.text, (call,), step.thoughts) for call in calls]
    return steps


def _room(conversation: Conversation) -> int:
    """Return how many characters one answer may write, well below the output limit."""
    limit = conversation.max_tokens
    return ROOM_CHARS if limit is None else min(ROOM_CHARS, max(3_000, 3 * limit))


def _looking(names: Sequence[str]) -> list[Step]:
    """Plan the first look at the attachments: a text first, then all others."""
    first = min(names, key=lambda name: (PurePath(name).suffix.lower() not in _TEXTS, name), default="")
    rest = tuple(_read(f"{INPUTS}/{name}") for name in names if name != first)
    listing = Request("run", {"language": "shell", "script": f"ls {INPUTS} | LC_ALL=C sort"})
    opening = Step(
        "I'll start with what the client sent.",
        (listing, _read(f"{INPUTS}/{first}")) if first else (listing,),
        "The brief names the attachments. I look at them before I plan anything.",
    )
    others = Step(
        "Now the other attachments, to see how they fit together.",
        rest,
        "One attachment can override another, so I read all of them before I start.",
    )
    return [opening, others] if rest else [opening]


def _reading_on(attempt: Attempt) -> list[Step]:
    """Plan the reading of what was cut off the attachments at first sight."""
    first = [(call, text) for call, text in attempt.answered if "offset" not in call.arguments]
    rest = tuple(
        Request("read_file", {"path": f"{INPUTS}/{name}", "offset": seen.offset})
        for name, seen in shown_files(first, INPUTS).items()
        if seen.offset
    )
    return [Step("Some of it was cut off; I read on.", rest, "The end of a long file matters too.")] if rest else []


def _making(project: Project, files: dict[str, bytes], room: int) -> list[Step]:
    """Plan the writing, checking and submitting of a first hand-in."""
    names = ", ".join(sorted(files))
    plan = f"# {project.settings.title}\n\nTo hand in: {names}.\nWhere a note contradicts a file, the note counts.\n"
    first, *others = writing(files, room=room) or [[]]
    groups = [[write_file(f"{DRAFT}/notes.md", plan), *first], *others]
    return [
        *_steps(
            "I have what I need and write the files.", groups, "I write what was asked for, with a plan beside it."
        ),
        *_closing(f"Please find attached {names}."),
    ]


def _revising(old: dict[str, bytes], new: dict[str, bytes], room: int, *, is_told: bool) -> list[Step]:
    """Plan a later attempt: look again, rewrite what changes, check and submit."""
    changed = {name: content for name, content in new.items() if old.get(name) != content}
    gone = old.keys() - new.keys()
    looked_at = min(changed.keys() & old.keys() or old.keys(), default="")
    opening = Step(
        "Thank you for the notes; I look at my work again." if is_told else "I check my work again.",
        (_read(f"{FOLDER}/{looked_at}"),) if looked_at else (),
        "I compare what I handed in with the brief and with what I was told.",
    )
    told = f"Changed: {', '.join(sorted(changed.keys() | gone))}." if changed or gone else "I found nothing to change."
    rewriting = _steps("I rewrite what has to change.", writing(changed, gone, room=room), "Only what differs.")
    return [opening, *rewriting, *_closing(told)]


def _steps(text: str, groups: Sequence[Sequence[Request]], thoughts: str) -> list[Step]:
    """Plan one step for each group of calls."""
    return [Step(text if index == 0 else "The next part.", tuple(g), thoughts) for index, g in enumerate(groups)]


def _closing(note: str) -> list[Step]:
    return [
        Step(
            "A last look at what is in the folder.",
            (python(_CHECK),),
            "Every file must be there under its name.",
        ),
        Step(
            "Everything is in place, so I submit.",
            (Request(SUBMIT, {"note": note}),),
            "Nothing is left to do.",
        ),
    ]


def _helpless(reason: str, attempt: int) -> list[Step]:
    """Plan what a model does that cannot do the work."""
    listing = Request("run", {"language": "shell", "script": f"ls {INPUTS} | LC_ALL=C sort"})
    notes = write_file(f"{FOLDER}/notes.txt", f"{reason}\nAttempt {attempt}: these are only notes.\n")
    return [
        Step("I'll look around first.", (listing,), "I do not recognise this."),
        Step(f"{reason} I write down what I can.", (notes,), "I hand in something rather than nothing."),
        Step(
            "I submit what I have.",
            (Request(SUBMIT, {"note": reason}),),
            "There is nothing more that I can do.",
        ),
    ]


def _read(path: str) -> Request:
    return Request("read_file", {"path": path})
