"""Web pages and XML drawings."""

import re
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading, told
from hapi_pytest.readers.soup import parsed

MOST_TAGS = 1_000_000
"""Less-than signs of a page or a drawing; the parsers need a kilobyte and ten microseconds for each."""
DEEPEST = 200
"""Elements of a drawing inside each other; checks walk through them by recursion."""


class Page:
    """An html page as a browser would parse it."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        Allowance(name, MOST_TAGS, "tags and entities").take(source.count("<") + source.count("&"))
        with reading(name, "html"):
            self._soup = parsed(source)

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
    """Read an XML document; entities, attribute lists and external references are refused."""
    from xml.etree.ElementTree import TreeBuilder

    from defusedxml.ElementTree import DefusedXMLParser

    def refuse(*declared: object) -> None:
        """Refuse default values of attributes: a long one would be repeated in every element."""
        raise ValueError(f"its document type declares the attribute {declared[1]!r}")

    Allowance(name, MOST_TAGS, "tags").take(content.count(b"<"))
    parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=False)
    parser.parser.AttlistDeclHandler = refuse
    try:
        parser.feed(content)
        root = parser.close()
    except Exception as error:  # whatever the parser raises on a hostile document is the document's fault
        raise DeliverableError(f"{name}: is not well-formed XML: {told(error)}") from None
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise DeliverableError(f"{name}: nests elements more than {DEEPEST} deep")
    return Branch(f"{name}:", root)
