"""Message catalogues."""

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import messages
from hapi_pytest.readers.messages import apple_strings, po_messages

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
FILES = """#, python-format, fuzzy
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

"""
OPEN = '# to be checked\nmsgctxt "menu"\nmsgid "Open"\nmsgstr "Öff"\n"nen"\n\n'
GONE = '#~ msgid "Old"\n#~ msgstr "Alt"\n'


def test_messages_of_a_po_file():
    files, menu = po_messages("de.po", HEADER + FILES + OPEN + GONE)
    assert (files.id, files.plural_id, files.plurals, files.text) == (
        *("%d file", "%d files", {0: "%d Datei", 1: "%d Dateien"}, ""),
    )
    assert files.flags == ["python-format", "fuzzy"]
    assert (menu.id, menu.context, menu.text, menu.plurals, menu.comment) == (
        *("Open", "menu", "Öffnen", {}, "to be checked"),
    )
    assert repr(menu) == "<de.po, message 2: 'Open'>"


@pytest.mark.parametrize("text", ["", "msgid", "hello", HEADER])
def test_what_is_no_po_file_is_refused(text):
    with pytest.raises(DeliverableError, match=r"^de\.po: "):
        po_messages("de.po", text)


def test_a_path_handed_in_as_text_is_not_opened(tmp_path):
    (tmp_path / "secret.po").write_text(HEADER + OPEN)
    with pytest.raises(DeliverableError, match=r"^de\.po: "):
        po_messages("de.po", str(tmp_path / "secret.po"))


def test_texts_of_a_strings_file():
    text = '/* Menu */\n"menu.open" = "Say \\"hi\\"\\n\\U00e9";\n// a remark "with" = "signs";\nbare.key="";\n'
    assert apple_strings("a.strings", text) == {"menu.open": 'Say "hi"\né', "bare.key": ""}
    assert apple_strings("a.strings", "") == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"a" = "b"', "must come"),
        ('"a" "b";', "must come"),
        ('"a" = "b"; "a" = "c";', "has the key 'a' twice"),
        ('"a" = "b";\n{', "line 2: is not of a strings file"),
        ('"a" = "b', "line 1: is not of a strings file"),
    ],
)
def test_what_is_no_strings_file_is_refused(text, told):
    with pytest.raises(DeliverableError, match=rf"^a\.strings.*{told}"):
        apple_strings("a.strings", text)


@pytest.mark.parametrize("read", [po_messages, apple_strings])
def test_too_many_lines_are_refused(read, monkeypatch):
    monkeypatch.setattr(messages, "MOST_LINES", 3)
    with pytest.raises(DeliverableError, match="holds more than 3 lines"):
        read("a", HEADER + OPEN)
