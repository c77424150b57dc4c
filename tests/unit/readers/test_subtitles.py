"""Subtitle files."""

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import subtitles as module
from hapi_pytest.readers.subtitles import subtitles

TALK = "1\n00:00:01,000 --> 00:00:02,500\nHello \nyou\n\n7\n01:00:03,040 --> 01:00:04,000\nÀ bientôt\n"


@pytest.mark.parametrize("ends", ["\n", "\n\n\n", ""])
def test_cues_have_number_times_and_lines(ends):
    one, two = subtitles("a.srt", TALK.rstrip("\n") + ends)
    assert (one.number, one.start, one.end, one.lines) == (1, 1, 2.5, ["Hello", "you"])
    assert (two.number, two.start, two.end, two.text) == (7, 3603.04, 3604, "À bientôt")
    assert repr(two) == "<a.srt, cue 7: 'À bientôt'>"


@pytest.mark.parametrize(
    "text", ["", "no subtitle", "1\n00:00:01,000 -> 00:00:02,000\nx\n", "00:00:01,000 --> 00:00:02,000\nno number\n"]
)
def test_what_is_no_subtitle_file_is_refused(text):
    with pytest.raises(DeliverableError, match=r"^a\.srt"):
        subtitles("a.srt", text)


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_LINES", 3)
    with pytest.raises(DeliverableError, match="holds more than 3 lines"):
        subtitles("a.srt", TALK)
