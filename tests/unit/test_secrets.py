"""Keys are found by value and by shape, and never reach a file."""

import pytest

from hapi_pytest.errors import CommandLineError
from hapi_pytest.secrets import SCRUBBED, environment_secrets, found_secret, scan, scrubbed, scrubbed_text

SHAPES = [
    "sk-" + "a1B2_-" * 5,
    "sk-proj-" + "a1B2" * 6,
    "sk-ant-" + "a1B2" * 6,
    "sk-or-" + "a1B2" * 6,
    "AIza" + "a1B2-_x" * 5,
    "ghp_" + "a1B2x" * 6,
    "ghs_" + "a1B2x" * 6,
    "xoxb-1234567890-abc",
    "AKIA" + "A1B2" * 4,
    "Bearer abcdefghijklmnop.qrs==",
    "Bearer\tabcdefghijklmnop",
]
HARMLESS = ["sk-short", "task-" + "x" * 8, "AIza", "ghp_x", "xoxb-1", "AKIA123", "Bearer of good news", "risk-free"]


def test_secrets_of_the_environment_are_known_by_name_longest_first():
    environment = {
        "OPENAI_API_KEY": "1234567890",
        "my_token": "12345678901",
        "DB_PASSWORD": "aaaaaaaaaaa",
        "AWS_SECRET_ACCESS_KEY": "x" * 20,
        "SHORT_KEY": "stand-in",
        "PATH": "/usr/local/bin",
        "EMPTY_TOKEN": "",
    }
    assert environment_secrets(environment) == ("x" * 20, "12345678901", "aaaaaaaaaaa", "1234567890")
    assert environment_secrets({}) == ()


@pytest.mark.parametrize("key", SHAPES)
def test_keys_are_known_by_shape(key):
    text = f'say "{key}", please'
    assert scrubbed_text(text, ()) == f'say "{SCRUBBED}", please'
    assert found_secret(text.encode(), ()) == key[:8] + "…"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_begins_like_a_key_is_left_alone(text):
    assert scrubbed_text(text, ()) == text and found_secret(text.encode(), ()) == ""


def test_given_secrets_are_scrubbed_whatever_their_shape():
    assert scrubbed_text("a pass phrase here", ["pass phrase"]) == f"a {SCRUBBED} here"
    assert found_secret("with pässwörd inside".encode(), ["pässwörd"]) == "päss…"


def test_a_longer_secret_is_scrubbed_whole():
    secrets = environment_secrets({"A_KEY": "abcdefgh", "B_KEY": "abcdefgh-and-more"})
    assert scrubbed_text("x abcdefgh-and-more y", secrets) == f"x {SCRUBBED} y"


def test_every_string_of_a_value_is_scrubbed():
    value = {"a": [{SHAPES[0]: SHAPES[1]}, 5, None, True, 2.5], "b": "x"}
    assert scrubbed(value, ()) == {"a": [{SCRUBBED: SCRUBBED}, 5, None, True, 2.5], "b": "x"}


def test_a_secret_is_never_told_whole():
    assert SHAPES[0] not in found_secret(SHAPES[0].encode(), ()) and found_secret(b"12345678", ["12345678"]) == "1234…"


def test_binary_content_is_searched_too():
    assert found_secret(b"\xff\x00" + SHAPES[0].encode() + b"\xfe", ()) == SHAPES[0][:8] + "…"


def test_a_folder_with_a_key_is_refused_with_its_file(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "fine.json").write_text("{}")
    scan(tmp_path)
    (tmp_path / "a" / "b" / "v0-alone.json").write_text(f'{{"key": "{SHAPES[0]}"}}')
    with pytest.raises(
        CommandLineError, match=r"b/v0-alone\.json: holds what looks like a secret key \(sk-(.|\n)*fix: "
    ):
        scan(tmp_path)


def test_an_environment_that_changes_meanwhile_is_read_all_the_same():
    class Changing(dict):
        """Like os.environ while another thread takes a variable away."""

        def items(self):
            raise KeyError("PYTEST_CURRENT_TEST")

        def __getitem__(self, name):
            raise KeyError(name)

    assert environment_secrets(Changing(A_TOKEN="0123456789ab", GONE_KEY="short")) == ("0123456789ab",)
