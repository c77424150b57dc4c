"""A conversation cut into attempts at the work."""

import itertools
import re
from collections.abc import Iterable, Iterator

import msgspec

from hapi_pytest.stand_in.conversation import AssistantTurn, Call, Conversation, ResultsTurn, Turn, UserTurn

SUBMIT = "submit"
_CUT = re.compile(r"\n?\[cut: \d+ of \d+ characters shown; continue with offset=(\d+)\]\s*$")


class Shown(msgspec.Struct, frozen=True):
    """What tools have shown of a file's text."""

    text: str
    offset: int | None
    """Where the rest begins; None when all was shown."""


class Attempt(msgspec.Struct, frozen=True):
    """What a user's message set going, up to now or to the submission."""

    message: str
    turns: tuple[Turn, ...]

    @property
    def steps(self) -> int:
        """How many answers with tool calls it has so far."""
        return sum(isinstance(turn, AssistantTurn) and bool(turn.calls) for turn in self.turns)

    @property
    def is_submitted(self) -> bool:
        """Whether the work was submitted."""
        return any(call.name == SUBMIT for call, _ in self.answered)

    @property
    def answered(self) -> Iterator[tuple[Call, str]]:
        """Yield every tool call with its result; an unanswered one has an empty result."""
        for turn, after in itertools.zip_longest(self.turns, self.turns[1:]):
            if isinstance(turn, AssistantTurn):
                results = after.results if isinstance(after, ResultsTurn) else ()
                texts = {result.call_id: result.text for result in results}
                yield from ((call, texts.get(call.id, "")) for call in turn.calls)


def attempts(conversation: Conversation) -> list[Attempt]:
    """Cut a conversation wherever a user's message follows a submission."""
    cut: list[Attempt] = []
    for turn in conversation.turns:
        if isinstance(turn, UserTurn) and (not cut or cut[-1].is_submitted):
            cut.append(Attempt(turn.text, ()))
        elif cut:
            cut[-1] = Attempt(cut[-1].message, (*cut[-1].turns, turn))
    return cut


def shown_files(answered: Iterable[tuple[Call, str]], folder: str) -> dict[str, Shown]:
    """Return what `read_file` has shown of the files in a folder, by name below it."""
    shown: dict[str, Shown] = {}
    for call, text in answered:
        path = call.arguments.get("path")
        if call.name != "read_file" or not isinstance(path, str) or not path.startswith(f"{folder}/"):
            continue
        name = path.removeprefix(f"{folder}/")
        before = shown.get(name, Shown("", 0))
        if call.arguments.get("offset", 0) == before.offset:
            cut = _CUT.search(text)
            shown[name] = Shown(before.text + (text[: cut.start()] if cut else text), int(cut[1]) if cut else None)
    return shown
