"""An agent's web page made fit to be shown: what could run, load or lead anywhere is taken out.

It is shown in a sandboxed frame under a policy that forbids the same, but for the
connection that Chromium opens, and sends nothing over, for a frame inside it.
"""

import re

from hapi_pytest.readers.soup import TooDeepError, parsed

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content-Security-Policy of the report, and of each frame in it."""
REMOVED = (
    "script", "noscript", "template", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed",
    "applet", "audio", "video", "source", "track", "portal", "use", "image", "animate", "set", "foreignobject",
)  # fmt: skip
KEPT_ATTRIBUTES = (
    "alt", "align", "border", "cellpadding", "cellspacing", "class", "cols", "colspan", "d", "dir", "fill", "height",
    "id", "lang", "points", "r", "rows", "rowspan", "scope", "span", "start", "stroke", "style", "title", "transform",
    "type", "valign", "value", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2", "cx", "cy",
)  # fmt: skip
STYLING = {"style", "fill", "stroke"}
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
LOADING = re.compile(r"(?i)url\s*\(|@import|image-set\s*\(|\\")
"""What makes a style sheet load something, or spells that in another way."""


def page(source: str) -> str | None:
    """Return a page without whatever could act; None when it cannot be taken apart."""
    try:
        soup = parsed(source)
    except (TooDeepError, RecursionError, ValueError, AttributeError):
        return None
    for element in soup.find_all(True):
        if element.decomposed:
            continue
        if element.name.lower() in REMOVED:
            element.decompose()
            continue
        if element.name == "form":
            element.name = "div"  # its buttons then send nothing
        is_image = element.name == "img" and IMAGE.fullmatch(str(element.get("src", "")))
        kept = (*KEPT_ATTRIBUTES, "src") if is_image else KEPT_ATTRIBUTES
        element.attrs = {name: _text(value) for name, value in element.attrs.items() if name.lower() in kept}
        for name in STYLING & element.attrs.keys():
            element[name] = LOADING.sub("-", str(element[name]))
        if element.name == "style":
            element.string = LOADING.sub("-", element.get_text())
    shown = "" if soup.html is None else soup.html.decode()
    return f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}">{shown}'


def _text(value: object) -> str:
    """Return an attribute's value; the parser makes lists of classes."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
