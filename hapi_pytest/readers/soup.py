"""Web pages parsed as browsers do, none deeper than reason."""

import functools
from typing import Any

DEEPEST = 512
"""Open elements at a time; the parser's time grows with the square of the nesting."""


class TooDeepError(Exception):
    """The page nests more elements than any page does."""


class _OpenElements(list[Any]):
    def append(self, element: Any) -> None:
        if len(self) >= DEEPEST:
            raise TooDeepError(f"it nests elements more than {DEEPEST} deep")
        super().append(element)


def parsed(source: str) -> Any:
    """Return a page as a BeautifulSoup; raises TooDeepError, and whatever the parser raises."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(source, builder=_builder()())


@functools.cache
def _builder() -> Any:
    """Return html5lib's builder with a limit on open elements: tags alone do not tell how deep a browser nests them."""
    from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib

    class Tree(TreeBuilderForHtml5lib):
        def reset(self) -> None:
            super().reset()
            self.openElements = _OpenElements()

    class Builder(HTML5TreeBuilder):
        def create_treebuilder(self, namespaceHTMLElements: bool) -> TreeBuilderForHtml5lib:  # noqa: N803  # its caller's
            self.underlying_builder = Tree(namespaceHTMLElements, self.soup, store_line_numbers=self.store_line_numbers)
            return self.underlying_builder

    return Builder
