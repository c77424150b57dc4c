"""Subtitle files."""

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading

MOST_LINES = 200_000


class Cue:
    """One subtitle."""

    def __init__(self, place: str, number: int, start: float, end: float, text: str) -> None:
        self.place = place
        self.number = number
        """As the file numbers it."""
        self.start = start
        """Seconds from the beginning."""
        self.end = end
        """Seconds from the beginning."""
        self.text = text

    def __repr__(self) -> str:
        return f"<{self.place}: {self.text[:60]!r}>"

    @property
    def lines(self) -> list[str]:
        """The text's lines without white space around them."""
        return [line.strip() for line in self.text.splitlines()]


def subtitles(name: str, text: str) -> list[Cue]:
    """Return the cues of an srt file in the file's order; one without its number is a DeliverableError."""
    import srt

    Allowance(name, MOST_LINES, "lines").take(text.count("\n"))
    with reading(name, "subtitles"):
        found = list(srt.parse(text))
    if not found:
        raise DeliverableError(f"{name}: holds no subtitle")
    for place, cue in enumerate(found, 1):
        if cue.index is None:
            raise DeliverableError(f"{name}, subtitle {place}: has no number")
    return [
        Cue(
            f"{name}, cue {cue.index}",
            cue.index,
            cue.start.total_seconds(),
            cue.end.total_seconds(),
            cue.content.strip(),
        )
        for cue in found
    ]
