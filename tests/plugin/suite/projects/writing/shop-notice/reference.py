"""The accepted notice, and how it goes wrong."""
# hapi-pytest canary 1b8f5c0e-52a0-4b5e-8f9a-0f5b4f1e2d33

from hapi_pytest import Facts

FLAWS = {
    "too-long": ("thirty-words",),
    "no-day": ("names-the-day",),
    "own-closing": ("ends-with-the-line",),
}
EQUIVALENTS = {
    "other-words": "the brief fixes the day and the last line, not the words above it",
    "spaced-out": "the brief says nothing of empty lines and line ends",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the notice."""
    day = "soon" if "no-day" in flaws else f"on {facts.day}"
    closing = "Cheers" if "own-closing" in flaws else facts.closing
    padding = "We are very sorry. " * 10 if "too-long" in flaws else ""
    opening = "We count our stock" if "other-words" in flaws else "We are closed for stocktaking"
    text = f"{opening} {day}. {padding}\n{closing}\n"
    return {"notice.txt": text.replace("\n", "\r\n\r\n") if "spaced-out" in flaws else text}
