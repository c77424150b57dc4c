"""The accepted order, and the slips that a hurried freelancer makes."""
# hapi-pytest canary 2a57b42c-9563-4d7c-8ab4-23f6f76cb3a5

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "row-forgotten": ("low-items-are-ordered",),
    "packs-rounded-down": ("packs-reach-the-minimum",),
    "first-count-believed": ("later-count-holds",),
    "sold-off-ordered": ("sold-off-items-stay-out",),
    "minimum-counted-as-low": ("enough-is-enough",),
    "zeros-lost": ("codes-and-names-as-counted",),
    "order-of-the-shelves": ("sorted-by-code",),
}
EQUIVALENTS = {
    "semicolons": "the brief asks for csv and names no separator",
    "another-order-of-columns": "the brief names the columns and no order of them",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the order; any flaws and equivalent forms can be had together."""
    packs = dict(facts.packs_rounded_down if "packs-rounded-down" in flaws else facts.packs)
    if "row-forgotten" in flaws:
        del packs[max(packs)]
    if "first-count-believed" in flaws:
        packs[facts.counted_twice] = 4
    if "sold-off-ordered" in flaws:
        packs[facts.ending] = 4
    if "minimum-counted-as-low" in flaws:
        packs[facts.enough[0]] = 1
    codes = sorted(packs, reverse="order-of-the-shelves" in flaws)
    table: list[tuple[object, ...]] = [("code", "item", "packs")]
    table += [(code.lstrip("0") if "zeros-lost" in flaws else code, facts.names[code], packs[code]) for code in codes]
    if "another-order-of-columns" in flaws:
        table = [line[::-1] for line in table]
    separator = ";" if "semicolons" in flaws else ","
    return {"order.csv": csv_text([str(name) for name in table[0]], table[1:], delimiter=separator)}
