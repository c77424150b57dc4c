"""A new project as a copy of the template: a real one, small and complete, that passes lint and self-check."""

import datetime
import re
from pathlib import Path

from hapi_pytest.projects import Project, discover

FOLDER = Path(__file__).parents[1] / "template"


def copied(category: str, slug: str, canary: str, today: datetime.date) -> dict[str, str]:
    """Return the template's files under another name, with a canary and dates of their own."""
    (folder,) = discover(FOLDER)
    template = Project(folder)
    words, new_words = template.slug.replace("-", " "), slug.replace("-", " ")
    changes = {
        template.slug: slug,
        template.slug.replace("-", "_"): slug.replace("-", "_"),
        words: new_words,
        words.capitalize(): new_words.capitalize(),
        template.category: category,
        template.settings.canary: canary,
        str(template.settings.posted): str(today),
    }
    old = re.compile("|".join(map(re.escape, changes)))  # all at once, for a new name may hold an old one
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return {
        old.sub(lambda match: changes[match[0]], name): old.sub(lambda match: changes[match[0]], text)
        for name, text in texts.items()
    }
