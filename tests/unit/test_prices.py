"""Our table of prices: what it says, whether litellm's own map says the same, and a table of one's own before it."""

import datetime
import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest

from hapi_pytest.errors import ProjectError
from hapi_pytest.model import Usage
from hapi_pytest.prices import SHIPPED, price

TABLE = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
FIELDS = {
    "input": "input_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "output": "output_cost_per_token",
}
AT_BEDROCK = {
    "anthropic/claude-sonnet-4-20250514": "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic/claude-opus-4-1": "anthropic.claude-opus-4-1-20250805-v1:0",
    "anthropic/claude-opus-4-20250514": "anthropic.claude-opus-4-20250514-v1:0",
}
"""Models that the map knows only as Amazon sells them."""
OWN = """\
date = 2026-05-04

[models."openai/house-model"]
aliases = ["house-model", "other/house-model"]
input = 2
output = 4.5
max_output_tokens = 1000
"""


@pytest.fixture(scope="module")
def litellm_map():
    """Read the map without importing litellm."""
    spec = importlib.util.find_spec("litellm")
    file = Path(spec.origin).with_name("model_prices_and_context_window_backup.json")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture
def own(tmp_path):
    def write(text: str = OWN) -> Path:
        file = tmp_path / "prices.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def of_the_map(entry: dict, suffix: str = "") -> dict:
    """Return an entry of the map in our words; a price of 0 for writing a cache means that there is no such price."""
    found = {
        ours: round(entry[theirs + suffix] * 1e6, 9) for ours, theirs in FIELDS.items() if theirs + suffix in entry
    }
    return {name: value for name, value in found.items() if value or name != "cache_write"}


@pytest.mark.parametrize("name", TABLE["models"])
def test_an_entry_says_what_the_pinned_litellms_map_says(name, litellm_map):
    entry = TABLE["models"][name]
    known = [litellm_map[each] for each in (name, *entry.get("aliases", ())) if each in litellm_map]
    if name in AT_BEDROCK:
        assert not known and "Bedrock" in entry["source"]
        known = [litellm_map[AT_BEDROCK[name]]]
    assert known, "an entry that the map lacks needs another source"
    for theirs in known:
        assert of_the_map(theirs) == {field: entry[field] for field in FIELDS if field in entry}
        assert theirs["max_output_tokens"] == entry["max_output_tokens"]
        assert theirs.get("output_cost_per_reasoning_token", theirs["output_cost_per_token"]) * 1e6 == pytest.approx(
            entry["output"]
        )
        above = {
            int(k) * 1000 for key in theirs for k in re.findall(r"^(?:in|out)put_cost_per_token_above_(\d+)k", key)
        }
        assert above == ({entry["long"]["above"]} if "long" in entry else set())
        if "long" in entry:
            long = {field: entry["long"][field] for field in FIELDS if field in entry["long"]}
            assert of_the_map(theirs, f"_above_{entry['long']['above'] // 1000}k_tokens") == long


def test_the_table_says_when_and_whence():
    assert isinstance(TABLE["date"], datetime.date) and "litellm" in TABLE["source"]
    assert price("gpt-5").date == TABLE["date"]


@pytest.mark.parametrize(
    "name",
    ["gpt-5", "openai/gpt-5", "gpt-5-2025-08-07", "openai/gpt-5-2025-08-07", "anthropic/claude-sonnet-4-5",
     "claude-sonnet-4-5-20250929", "claude-sonnet-4-20250514", "claude-opus-4-1", "gemini/gemini-2.5-pro"],
)  # fmt: skip
def test_a_model_is_found_by_every_name_that_litellm_takes(name):
    assert price(name).output > 0


@pytest.mark.parametrize(
    "name",
    ["gpt-5-2099-01-01", "gpt-55", "gpt", "", "GPT-5", "gemini-2.5-pro", "azure/gpt-5", "openai/openai/gpt-5",
     "openai/stand-in", "stand-in2", "claude-sonnet-4-5@20250929"],
)  # fmt: skip
def test_a_name_that_only_looks_alike_has_no_price(name):
    assert price(name) is None


@pytest.mark.parametrize("name", ["stand-in", "stand-in-hasty"])
def test_the_stand_in_is_free(name):
    free = price(name)
    usage = Usage(input_tokens=10**9, output_tokens=10**9)
    assert free.cost_usd(usage) == 0 == free.most_usd(10**9, 10**9) and free.max_output_tokens is None


def test_a_call_costs_what_its_kinds_of_tokens_cost():
    usage = Usage(input_tokens=10_000, cached_tokens=6_000, cache_write_tokens=1_000, output_tokens=2_000)
    sonnet = 3_000 * 3 + 6_000 * 0.3 + 1_000 * 3.75 + 2_000 * 15
    assert price("claude-sonnet-4-5").cost_usd(usage) == pytest.approx(sonnet / 1e6)
    gpt = 4_000 * 1.25 + 6_000 * 0.125 + 2_000 * 10  # writing its cache costs nothing extra
    assert price("gpt-5").cost_usd(usage) == pytest.approx(gpt / 1e6)
    assert price("gpt-5").cost_usd(Usage(output_tokens=5, reasoning_tokens=5)) == pytest.approx(50 / 1e6)


def test_what_a_provider_counts_wrongly_never_pays_us_back():
    assert price("gpt-5").cost_usd(Usage(input_tokens=10, cached_tokens=1_000)) == pytest.approx(125 / 1e6)


def test_a_long_call_costs_more_as_a_whole_and_only_above_the_line():
    pro = price("gemini/gemini-2.5-pro")
    assert pro.cost_usd(Usage(input_tokens=200_000, output_tokens=1_000)) == pytest.approx(0.25 + 0.01)
    assert pro.cost_usd(Usage(input_tokens=200_001, output_tokens=1_000)) == pytest.approx(0.5000025 + 0.015)
    cached = Usage(input_tokens=300_000, cached_tokens=250_000)  # cached tokens count for the length
    assert pro.cost_usd(cached) == pytest.approx((50_000 * 2.5 + 250_000 * 0.25) / 1e6)


def test_the_most_takes_the_dearest_input_and_the_long_rates_where_they_may_hold():
    sonnet = price("claude-sonnet-4-5")
    assert sonnet.most_usd(200_000, 1_000) == pytest.approx((200_000 * 3.75 + 1_000 * 15) / 1e6)
    assert sonnet.most_usd(200_001, 1_000) == pytest.approx((200_001 * 7.5 + 1_000 * 22.5) / 1e6)


def test_a_table_of_ones_own_goes_before_ours(own):
    file = own(OWN + '[models.gpt-5]\ninput = 1\noutput = 1\nmax_output_tokens = 9\n[models.stand-in]\n'
               "input = 1\noutput = 2\nmax_output_tokens = 5\n")  # fmt: skip
    for name in ("openai/house-model", "house-model", "other/house-model"):
        assert price(name, file).output == 4.5 and price(name, file).date == datetime.date(2026, 5, 4)
        assert price(name) is None
    assert price("gpt-5", file).output == 1 and price("openai/gpt-5", file) == price("openai/gpt-5")
    assert price("stand-in", file).output == 2 and price("stand-in-hasty", file).output == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("output = 4.5\n", "", ['models."openai/house-model"', "missing required field `output`", "allowed:", "fix:"]),
        ("max_output_tokens = 1000", "", ["missing required field `max_output_tokens`"]),
        ("max_output_tokens = 1000", "max_output_tokens = 0", ['"openai/house-model".max_output_tokens', ">= 1"]),
        ("input = 2", 'input = "2"', ['key:     models."openai/house-model".input', "'2'"]),
        ("input = 2", "input = -2", ["-2"]),
        ("input = 2", "input = nan", ["nan", "is no price"]),
        ("input = 2", "inputs = 2", ["inputs"]),
        ('"house-model", "other/house-model"', '"house-model", "openai/house-model"', None),
        ("date = 2026-05-04", "", ["key:     date"]),
        ("date = 2026-05-04", "day = 2026-05-04", ["key:"]),
        ("input = 2", "input = ", ["is not valid TOML"]),
        ("output = 4.5", "output = 4.5\nlong = { above = 0, input = 1, output = 1 }", [".long.above"]),
    ],
)
def test_a_mistake_in_a_table_of_ones_own_is_told_with_its_place(own, old, new, told):
    file = own(OWN.replace(old, new))
    if told is None:
        assert price("house-model", file).output == 4.5  # a name may be repeated within its own entry
        return
    with pytest.raises(ProjectError) as caught:
        price("gpt-5", file)
    assert str(caught.value).startswith(f"{file}: ")
    for part in told:
        assert part in str(caught.value)


def test_a_name_that_stands_twice_is_refused(own):
    twice = OWN + '[models."other/house-model"]\ninput = 1\noutput = 1\nmax_output_tokens = 9\n'
    with pytest.raises(ProjectError, match="a name stands twice"):
        price("gpt-5", own(twice))


def test_a_missing_table_of_ones_own_is_told(tmp_path):
    with pytest.raises(ProjectError, match="the file is missing"):
        price("gpt-5", tmp_path / "prices.toml")
