"""The accepted guest list, and how it goes wrong."""
# hapi-pytest canary 6a0b7c54-3c61-4a5e-9b0e-6f7f4d0c8b11

from hapi_pytest import Facts

FLAWS = {
    "unsorted": ("sorted-by-name",),
    "kept-cancelled": ("cancelled-left-out",),
    "wrong-total": ("total-is-right",),
}
EQUIVALENTS = {
    "columns-swapped": "the brief names the columns and no order",
    "saved-by-a-spreadsheet": "the brief fixes neither the separator nor the line ends",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the two files."""
    rows = list(facts.staying)
    if "kept-cancelled" in flaws:
        rows = sorted([*rows, (facts.cancelled, 1)])
    if "unsorted" in flaws:
        rows.reverse()
    is_swapped, is_saved = "columns-swapped" in flaws, "saved-by-a-spreadsheet" in flaws
    lines = [("name", "nights"), *((f'"{name}"', nights) for name, nights in rows)]
    separator = ";" if is_saved else ","
    table = "".join(f"{separator.join(map(str, line[::-1] if is_swapped else line))}\n" for line in lines)
    files = {"guests.csv": table, "total.txt": f"{facts.nights + ('wrong-total' in flaws)}\n"}
    return {name: "\ufeff" + text.replace("\n", "\r\n") if is_saved else text for name, text in files.items()}
