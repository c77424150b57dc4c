"""The accepted guest list, and how it goes wrong."""

from hapi_pytest import Facts

FLAWS = {
    "unsorted": ("sorted-by-name",),
    "kept-cancelled": ("cancelled-left-out",),
    "wrong-total": ("total-is-right",),
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the two files."""
    rows = list(facts.staying)
    if "kept-cancelled" in flaws:
        rows = sorted([*rows, (facts.cancelled, 1)])
    if "unsorted" in flaws:
        rows.reverse()
    table = "name,nights\n" + "".join(f'"{name}",{nights}\n' for name, nights in rows)
    return {"guests.csv": table, "total.txt": f"{facts.nights + ('wrong-total' in flaws)}\n"}
