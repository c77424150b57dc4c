"""Draws keep to their ranges and their seed; canonical digests see content alone."""

import datetime
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest import Draw
from hapi_pytest.digests import canonical_digest, raw_digest
from hapi_pytest.writers import zip_bytes

SEEDS = st.text(max_size=20)
NUMBERS = st.integers(-(10**12), 10**12)
OPTIONS = st.lists(st.integers(), max_size=30)


@given(SEEDS)
def test_a_seed_gives_the_same_draws(seed):
    one, other = Draw(seed), Draw(seed)
    assert [one.fraction() for _ in range(5)] == [other.fraction() for _ in range(5)]
    assert one.shuffled(range(9)) == other.shuffled(range(9)) and one.integer(0, 99) == other.integer(0, 99)


@given(SEEDS, NUMBERS, NUMBERS)
def test_integers_keep_to_their_range(seed, one, other):
    low, high = sorted((one, other))
    assert all(low <= Draw(f"{seed}{n}").integer(low, high) <= high for n in range(5))


@given(SEEDS, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**4))
def test_cents_keep_to_their_range_and_steps(seed, low, more, step):
    amount = Draw(seed).cents(low, low + more, step)
    assert low <= amount <= low + more and (amount - low) % step == 0


@given(SEEDS, st.dates(), st.dates())
def test_dates_keep_to_their_range(seed, one, other):
    low, high = sorted((one, other))
    assert low <= Draw(seed).date(low, high) <= high


@given(SEEDS, OPTIONS)
def test_a_shuffle_is_a_permutation(seed, options):
    assert sorted(Draw(seed).shuffled(options)) == sorted(options)


@given(SEEDS, st.lists(st.integers(), unique=True, max_size=30), st.data())
def test_a_sample_holds_different_options(seed, options, data):
    count = data.draw(st.integers(0, len(options)))
    sample = Draw(seed).sample(options, count)
    assert len(sample) == len(set(sample)) == count and set(sample) <= set(options)


@given(SEEDS, OPTIONS.filter(bool))
def test_a_choice_is_one_of_the_options(seed, options):
    assert Draw(seed).choice(options) in options


MEMBERS = st.dictionaries(
    st.text(alphabet="abcxyz/._ü", min_size=1, max_size=12), st.binary(max_size=60), min_size=1, max_size=6
)
MOMENTS = st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2107, 12, 31))
METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])


def packed(members: list[tuple[str, bytes]], moment: datetime.datetime, method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = method
            archive.writestr(entry, content)
    return stream.getvalue()


@given(MEMBERS, MOMENTS, METHODS, st.data())
def test_packing_order_and_dates_do_not_count(members, moment, method, data):
    turned = data.draw(st.permutations(list(members.items())))
    other = packed(turned, moment, method)
    assert canonical_digest("a.xlsx", zip_bytes(members)) == canonical_digest("a.xlsx", other)


@given(MEMBERS, st.text(alphabet="0123456789-:TZ", max_size=20), st.text(alphabet="0123456789-:TZ", max_size=20))
def test_stamps_do_not_count(members, one, other):
    def stamped(when: str) -> bytes:
        properties = f"<p><dcterms:created>{when}</dcterms:created><dcterms:modified>{when}</dcterms:modified></p>"
        return zip_bytes({**members, "docProps/core.xml": properties.encode()})

    assert canonical_digest("a", stamped(one)) == canonical_digest("a", stamped(other))


@given(MEMBERS, st.data(), st.binary(min_size=1, max_size=5))
def test_content_counts(members, data, more):
    name = data.draw(st.sampled_from(sorted(members)))
    changed = {**members, name: members[name] + more}
    assert canonical_digest("a.docx", zip_bytes(members)) != canonical_digest("a.docx", zip_bytes(changed))
    gone = {key: value for key, value in members.items() if key != name}
    assert canonical_digest("a.docx", zip_bytes(members)) != canonical_digest("a.docx", zip_bytes(gone))


@given(st.binary(max_size=200), st.sampled_from(["a.xlsx", "a.dxf", "a.txt", ""]))
def test_any_bytes_have_a_digest(content, name):
    for whole in (content, b"PK\x03\x04" + content):
        assert len(canonical_digest(name, whole)) == 64
    assert canonical_digest("a.bin", content) == raw_digest(content)
