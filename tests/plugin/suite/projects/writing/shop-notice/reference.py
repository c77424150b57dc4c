"""The accepted notice, and how it goes wrong."""

from hapi_pytest import Facts

FLAWS = {
    "too-long": ("thirty-words",),
    "no-day": ("names-the-day",),
    "own-closing": ("ends-with-the-line",),
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the notice."""
    day = "soon" if "no-day" in flaws else f"on {facts.day}"
    closing = "Cheers" if "own-closing" in flaws else facts.closing
    padding = "We are very sorry. " * 10 if "too-long" in flaws else ""
    return {"notice.txt": f"We are closed for stocktaking {day}. {padding}\n{closing}\n"}
