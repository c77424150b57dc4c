"""Whatever is scrubbed holds no key any more."""

from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.secrets import environment_secrets, found_secret, scrubbed, scrubbed_text

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
VALUES = st.text(alphabet=LETTERS + "-_+/=.!$ ü", min_size=8, max_size=24).filter(
    lambda value: value not in "[scrubbed]"
)
SECRETS = st.lists(VALUES, max_size=4).map(
    lambda values: environment_secrets({f"KEY_{n}": value for n, value in enumerate(values)})
)


def run(alphabet: str, least: int, most: int = 40) -> st.SearchStrategy[str]:
    return st.text(alphabet=alphabet, min_size=least, max_size=most)


KEYS = st.one_of(
    st.builds("sk-{}{}".format, st.sampled_from(["", "proj-", "ant-", "or-"]), run(LETTERS + "_-", 20)),
    st.builds("AIza{}".format, run(LETTERS + "_-", 30)),
    st.builds("gh{}_{}".format, st.sampled_from("pousr"), run(LETTERS, 30)),
    st.builds("xox{}-{}".format, st.sampled_from("abprs"), run(LETTERS + "-", 10)),
    st.builds("AKIA{}".format, run("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16, 16)),
    st.builds("Bearer{}{}".format, st.sampled_from([" ", "  ", "\t", "\n", "\u00a0"]), run(LETTERS + "._~+/-", 16)),
)


@st.composite
def leaky_texts(draw, secrets: tuple[str, ...]) -> str:
    parts = [st.text(max_size=10), KEYS, run(LETTERS, 0, 5)]
    if secrets:
        parts.append(st.sampled_from(secrets))
    return "".join(draw(st.lists(st.one_of(parts), max_size=8)))


@given(st.data(), SECRETS)
def test_a_scrubbed_text_holds_no_secret(data, secrets):
    text = scrubbed_text(data.draw(leaky_texts(secrets)), secrets)
    assert not any(secret in text for secret in secrets)
    assert found_secret(text.encode(), secrets) == ""


@given(st.data(), SECRETS)
def test_scrubbing_twice_changes_nothing_more(data, secrets):
    once = scrubbed_text(data.draw(leaky_texts(secrets)), secrets)
    assert scrubbed_text(once, secrets) == once


@given(st.data(), SECRETS)
def test_a_key_in_any_text_is_found(data, secrets):
    key = data.draw(KEYS)
    around = data.draw(st.tuples(st.text(max_size=10), st.text(max_size=10)))
    content = (around[0] + key + around[1]).encode()
    assert found_secret(content, secrets)
    assert found_secret(b"\xff" + content + b"\xfe", secrets)


@given(st.data(), SECRETS)
def test_every_string_of_a_json_value_is_scrubbed(data, secrets):
    texts = leaky_texts(secrets)
    leaves = st.one_of(st.none(), st.booleans(), st.integers(), texts)
    values = st.recursive(leaves, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(texts, v, max_size=3)))
    value = scrubbed(data.draw(values), secrets)
    assert found_secret(repr(value).encode(), ()) == "" and scrubbed(value, secrets) == value


@given(st.text(alphabet="abc -\n", max_size=50))
def test_text_without_keys_is_left_alone(text):
    assert scrubbed_text(text, ()) == text and found_secret(text.encode(), ()) == ""
