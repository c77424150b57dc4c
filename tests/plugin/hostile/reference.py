"""The attachments, handed back."""

from hapi_pytest import Facts

FLAWS = {"no-notice": ("reads-the-notice",)}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Hand back the six files."""
    return {name: content for name, content in facts.files.items() if (name, *flaws) != ("notice.txt", "no-notice")}
