"""Web pages and XML drawings."""

import re
import warnings
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars

DEEPEST = 500
"""The parser's time grows with the square of the nesting: deeper pages are refused."""
_UNCLOSED = re.compile(
    "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|li|dt|dd|p|option|tr|td|th|thead|tbody|tfoot"
    "|colgroup|html|head|body|path|rect|circle|line|polygon|polyline|ellipse|use|stop"
)
"""Elements that need no end tag."""
_SILENT = re.compile(r"<(script|style)\b.*?(?:</\1\b|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
"""Where a less-than sign opens no element."""


class Page:
    """An html page as a browser would parse it."""

    def __init__(self, name: str, source: str) -> None:
        from bs4 import BeautifulSoup

        self.name = name
        self.source = source
        if _nesting(source) > DEEPEST:
            raise DeliverableError(f"{name}: nests elements more than {DEEPEST} deep")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a page that looks like a file name is still a page
                self._soup = BeautifulSoup(source, "html5lib")
        except Exception as error:  # whatever the parser raises on a hostile page is the page's fault
            raise DeliverableError(f"{name}: cannot be read as html: {error}") from None

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def text(self) -> str:
        """The visible text of the body with white space folded."""
        return visible(self._soup.body or self._soup)

    def all(self, selector: str) -> "list[Element]":
        """Return every element that a CSS selector finds, in document order."""
        return [Element(self.name, tag) for tag in self._soup.select(selector)]

    def one(self, selector: str) -> "Element":
        """Return the only element that a CSS selector finds; raises DeliverableError when there are none or more."""
        found = self.all(selector)
        if len(found) != 1:
            raise DeliverableError(f"{self.name}: has {len(found)} elements {selector!r} instead of one")
        return found[0]


def _nesting(source: str) -> int:
    """Return how deep tags are opened at most without being closed, by their count alone."""
    depth = deepest = 0
    for closing, tag in re.findall(r"<(/?)([a-zA-Z][\w-]*)", _SILENT.sub("", source)):
        if not _UNCLOSED.fullmatch(tag.lower()):
            depth = max(depth + (-1 if closing else 1), 0)
            deepest = max(deepest, depth)
    return deepest


class Element:
    """One element of a page."""

    def __init__(self, place: str, tag: Any) -> None:
        self._tag = tag
        self.name = str(tag.name)
        self.place = f"{place}, <{self.name}>"

    def __repr__(self) -> str:
        return f"<{self.place}: {self.text[:60]!r}>"

    @property
    def text(self) -> str:
        """The element's text with white space folded."""
        return visible(self._tag)

    def all(self, selector: str) -> "list[Element]":
        """Return every element inside that a CSS selector finds."""
        return [Element(self.place, tag) for tag in self._tag.select(selector)]

    def attribute(self, name: str) -> str:
        """Return an attribute's text; raises DeliverableError when it is missing."""
        value = self._tag.get(name)
        if value is None:
            raise DeliverableError(f"{self.place}: has no attribute {name!r}")
        return " ".join(value) if isinstance(value, list) else str(value)

    def has(self, attribute: str) -> bool:
        """Tell whether the element has an attribute."""
        return self._tag.get(attribute) is not None


def visible(tag: Any) -> str:
    """Return the text of a parsed tag without scripts and styles, white space folded."""
    strings = (s for s in tag.strings if s.parent.name not in ("script", "style", "template", "noscript"))
    return " ".join(" ".join(strings).split())


class Branch:
    """One element of an XML document such as an SVG drawing; names are given without namespace."""

    def __init__(self, place: str, element: Any) -> None:
        self._element = element
        self.name = str(element.tag).rsplit("}", 1)[-1]
        self.place = f"{place} <{self.name}>"

    def __repr__(self) -> str:
        return f"<{self.place}>"

    @property
    def text(self) -> str:
        """All text inside with white space folded."""
        return " ".join("".join(self._element.itertext()).split())

    @property
    def attributes(self) -> dict[str, str]:
        """Attribute names without namespace, and their text."""
        return {str(key).rsplit("}", 1)[-1]: str(value) for key, value in self._element.attrib.items()}

    @property
    def children(self) -> "list[Branch]":
        """The elements directly inside."""
        return [Branch(self.place, child) for child in self._element if isinstance(child.tag, str)]

    def all(self, name: str) -> "list[Branch]":
        """Return every element of this name at any depth, in document order."""
        return [
            Branch(self.place, child)
            for child in self._element.iter()
            if isinstance(child.tag, str) and child.tag.rsplit("}", 1)[-1] == name and child is not self._element
        ]

    def attribute(self, name: str) -> str:
        """Return an attribute's text; raises DeliverableError when it is missing."""
        if name not in self.attributes:
            raise DeliverableError(f"{self.place}: has no attribute {name!r}")
        return self.attributes[name]

    def number(self, name: str) -> float:
        """Return an attribute as a number, its CSS unit ignored; raises DeliverableError when it is none."""
        return scalars.number(re.sub(r"(px|mm|cm|pt|in)$", "", self.attribute(name).strip()), f"{self.place} {name}")

    def points(self, name: str = "points") -> list[tuple[float, float]]:
        """Return an attribute such as a polygon's `points` as pairs of numbers."""
        parts = re.split(r"[\s,]+", self.attribute(name).strip())
        values = [scalars.number(part, f"{self.place} {name}") for part in parts]
        if len(values) % 2:
            raise DeliverableError(f"{self.place}: {name} holds an odd count of numbers")
        return list(zip(values[::2], values[1::2], strict=True))


def xml_root(name: str, content: bytes) -> Branch:
    """Read an XML document; entities, DTDs and external references are refused."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        return Branch(f"{name}:", fromstring(content, forbid_dtd=False))
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise DeliverableError(f"{name}: is not well-formed XML: {error!r}") from None
