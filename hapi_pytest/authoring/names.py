"""Names of new projects: categories as people write them, slugs, and identifiers from sentences."""

import keyword
import re
import unicodedata
from collections.abc import Container

from hapi_pytest.errors import CommandLineError
from hapi_pytest.projects import CATEGORIES

MOST_CHARACTERS = 60
"""A slug becomes the name of a folder, a file and a function."""
SPARE_WORDS = ("and", "dev", "development")
"""Words that marketplaces have in their categories and we do not."""


def category_of(text: str) -> str | None:
    """Return the category that is meant by, for example, "Sales & Marketing"; None when it is none of the eight."""
    words = [word for word in re.findall(r"\w+", text.casefold()) if word not in SPARE_WORDS]
    return name if (name := "-".join(words)) in CATEGORIES else None


def slug_of(text: str, without: str) -> str:
    """Return a text's words in kebab-case; `without` where it has no letter from a to z and no digit."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", plain.replace("'", "")):
        longer = f"{slug}-{word}".lstrip("-")[: None if slug else MOST_CHARACTERS]
        if len(longer) > MOST_CHARACTERS:
            break
        slug = longer
    return slug or without


def function_of(sentence: str, taken: Container[str]) -> str:
    """Return a name for the function of a criterion, one that pytest takes for no test and that is not taken."""
    name = slug_of(sentence, "criterion").replace("-", "_")
    if keyword.iskeyword(name) or re.match(r"\d|test|rubric$", name):
        name = f"criterion_{name}"
    return free(name, taken, "_")


def free(name: str, taken: Container[str], mark: str = "-") -> str:
    """Return a name that is not taken yet: itself, or with a number behind it."""
    number = 1
    numbered = name
    while numbered in taken:
        number += 1
        numbered = f"{name}{mark}{number}"
    return numbered


def checked(category: str, slug: str) -> tuple[str, str]:
    """Return category and slug as given on the command line; raises CommandLineError for what can be neither."""
    if not (found := category_of(category)):
        raise CommandLineError(
            f"CATEGORY {category!r}: there is none of that name\n"
            f"  allowed: {', '.join(CATEGORIES)}\n"
            "  fix:     name the one that a marketplace would list the job under"
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > MOST_CHARACTERS:
        raise CommandLineError(
            f"SLUG {slug!r}: cannot be the name of a project\n"
            f"  allowed: words of a to z and digits with dashes between, at most {MOST_CHARACTERS} characters\n"
            f"  fix:     write {slug_of(slug, 'shop-notice')}"
        )
    return found, slug
