"""What a call costs, for any prices and any usage."""

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from hapi_pytest.model import Usage
from hapi_pytest.prices import LongRates, Price

USD = st.floats(0, 1_000, allow_subnormal=False)
MAYBE = st.none() | USD
TOKENS = st.integers(0, 2_000_000)
RATES = {"input": USD, "cached_input": MAYBE, "cache_write": MAYBE, "output": USD}
LONG = st.builds(LongRates, above=st.integers(1, 1_000_000), **RATES)
PRICES = st.builds(Price, max_output_tokens=st.integers(1, 10**6), long=st.none() | LONG, **RATES)


@st.composite
def usages(draw) -> Usage:
    """Return what a provider may count: cached and written tokens are part of the input."""
    plain, cached, written, output = (draw(TOKENS) for _ in range(4))
    reasoning = draw(st.integers(0, output))
    return Usage(
        input_tokens=plain + cached + written,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=output,
        reasoning_tokens=reasoning,
    )


def is_at_most(low: float, high: float) -> bool:
    return low <= high or math.isclose(low, high, rel_tol=1e-12)


@given(PRICES, usages(), TOKENS, TOKENS)
def test_no_call_costs_more_than_the_most_of_any_bound_on_its_tokens(price, usage, more_input, more_output):
    most = price.most_usd(usage.input_tokens + more_input, usage.output_tokens + more_output)
    assert is_at_most(0, price.cost_usd(usage)) and is_at_most(price.cost_usd(usage), most)


@given(PRICES, TOKENS, TOKENS, TOKENS)
def test_the_most_can_be_reached(price, tokens, output, cached):
    """It is no looser than the dearest way to be billed for exactly so many tokens, or for as many as are not long."""
    assume(price.long is None or price.long.input >= price.input)
    kinds = [{}, {"cached_tokens": tokens}, {"cache_write_tokens": tokens}]
    costs = [price.cost_usd(Usage(input_tokens=tokens, output_tokens=output, **kind)) for kind in kinds]
    if price.long is None or tokens <= price.long.above:
        assert math.isclose(max(costs), price.most_usd(tokens, output), rel_tol=1e-12)
    else:
        assert is_at_most(max(costs), price.most_usd(tokens, output))
