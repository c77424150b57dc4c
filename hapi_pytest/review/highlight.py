"""Source code with its parts marked for colouring."""

import sys
from pathlib import PurePath

from markupsafe import Markup

from hapi_pytest import isolated
from hapi_pytest.review.bounded import answered

SECONDS = 4.0
LEXERS = {
    ".py": "python", ".js": "javascript", ".mjs": "javascript", ".ts": "typescript", ".tsx": "tsx", ".jsx": "jsx",
    ".json": "json", ".html": "html", ".htm": "html", ".svg": "xml", ".xml": "xml", ".css": "css", ".sql": "sql",
    ".sh": "bash", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".ini": "ini", ".md": "markdown", ".r": "r",
    ".java": "java", ".c": "c", ".h": "c", ".cpp": "cpp", ".cs": "csharp", ".go": "go", ".rs": "rust", ".rb": "ruby",
    ".php": "php", ".tex": "latex", ".diff": "diff",
}  # fmt: skip


def highlighted(name: str, text: str) -> Markup | None:
    """Return code as HTML with a class for each kind of word; None for what is no code, or takes too long."""
    lexer = LEXERS.get(PurePath(name).suffix.lower())
    if not lexer or not text.strip():
        return None
    answer = answered(__name__, lexer, given=text.encode(errors="replace"), seconds=SECONDS)
    return None if answer is None else Markup(answer.decode())  # escaped by Pygments


def main() -> None:
    """Read code from standard input, and answer with its HTML."""
    isolated.limit()
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(sys.argv[1], stripnl=False, ensurenl=False)
    text = pygments.highlight(sys.stdin.buffer.read().decode(), lexer, HtmlFormatter(nowrap=True))
    sys.stdout.buffer.write(text.encode())
