"""The accepted guest list, and how it goes wrong."""
# hapi-pytest canary 8d0f2a5e-6b1c-4e0f-9a77-2f6c9f1d3b42

from hapi_pytest import Facts

FLAWS = {
    "unsorted": ("sorted-by-name",),
    "kept-cancelled": ("cancelled-left-out",),
    "wrong-nights": ("nights-are-right", "takings-are-right"),
    "wrong-day": ("last-day-is-right",),
    "no-heading": ("has-a-heading",),
}
EQUIVALENTS = {
    "spoken-date": "the brief does not say how to write a date",
    "plain-takings": "the brief asks for no thousands separator",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the two files."""
    rows = [*facts.staying, *([(facts.cancelled, 1)] if "kept-cancelled" in flaws else [])]
    rows.sort(reverse="unsorted" in flaws)
    heading = "" if "no-heading" in flaws else "name,nights\n"
    return {"guests.csv": heading + "".join(f'"{name}",{nights}\n' for name, nights in rows), "totals.txt": "…\n"}
