"""Web pages and XML."""

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import markup
from hapi_pytest.readers.markup import Page, xml_root

PAGE = """<!doctype html><title>T</title><style>p {}</style><body class="a b">
<h1>Turn   the <b>key</b></h1><script>x()</script><p hidden>one</p><p>two</p><img alt=""></body>"""
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="urn:x" width="120mm"><!-- plan -->
<g x:label="hall"><polygon points="0,0 10.5,0 10 , 20"/><text>Hall <tspan>12</tspan></text></g>
<polygon points=""/></svg>"""


@pytest.fixture
def page() -> Page:
    return Page("p.html", PAGE)


@pytest.fixture
def drawing():
    return xml_root("plan.svg", SVG)


def test_visible_text_leaves_scripts_and_styles_out(page):
    assert page.text == "Turn the key one two" and page.source == PAGE


def test_elements_are_found_by_selector(page):
    assert [p.text for p in page.all("p")] == ["one", "two"]
    assert page.one("h1").text == "Turn the key" and page.one("h1").all("b")[0].name == "b"


def test_attributes_are_text_and_may_be_empty(page):
    assert page.one("body").attribute("class") == "a b" and page.one("img").attribute("alt") == ""
    assert page.all("p")[0].has("hidden") and not page.all("p")[1].has("hidden")


def test_a_missing_attribute_is_told_with_its_place(page):
    with pytest.raises(
        DeliverableError, match=r"^p\.html, <body>, <h1>: has no attribute 'id'$|^p\.html, <h1>: has no"
    ):
        page.one("h1").attribute("id")


@pytest.mark.parametrize(("selector", "count"), [("p", 2), ("table", 0)])
def test_one_element_is_exactly_one(page, selector, count):
    with pytest.raises(DeliverableError, match=rf"^p\.html: has {count} elements '{selector}' instead of one$"):
        page.one(selector)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "no markup",
        "index.html",
        "https://example.org/",
        "<frameset><frame src='a.html'></frameset>",
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body>x</body></html>",
        "<div>" * 500,
        "<p>\0</p>",
        "<svg><![CDATA[x]]></svg><template>y</template>",
    ],
)
def test_whatever_is_handed_in_is_a_page_with_a_text(source):
    page = Page("x.html", source)
    assert isinstance(page.text, str) and page.all("table") == []


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 511,
        "<ul><li>" * 400 + "<b>" * 200,
        "<x-y>" * 9_999,
        "".join(f"<b id={n}></x>" for n in range(9_999)),  # end tags that end nothing
        "<svg>" + "<td>" * 9_999,  # no cells there
        "<path>" * 9_999,  # no drawing here
    ],
)
def test_pages_nested_beyond_reason_are_refused(source):
    with pytest.raises(
        DeliverableError, match=r"^x\.html: cannot be read as html: it nests elements more than 512 deep$"
    ):
        Page("x.html", source)


@pytest.mark.parametrize(
    "source",
    [
        "<ul>" + "<li>x" * 2_000 + "</ul>",
        "<p>x" * 2_000 + "<br>" * 2_000,
        "<div><b>x</b></div>" * 2_000,
        f"<script>{'for (i=0; i<n; i++) f();' * 600}</script>",
        f"<style>{'/* a<b */' * 600}</style><!-- {'<div>' * 600} -->",
    ],
)
def test_long_pages_are_not_nested(source):
    assert Page("x.html", source).all("table") == []


def test_pages_and_elements_show_their_place(page):
    assert repr(page) == "<p.html>" and repr(page.one("b")) == "<p.html, <b>: 'key'>"


def test_xml_names_have_no_namespace(drawing):
    assert drawing.name == "svg" and drawing.children[0].name == "g"
    assert drawing.children[0].attributes == {"label": "hall"}


def test_comments_are_no_elements(drawing):
    assert [child.name for child in drawing.children] == ["g", "polygon"]


def test_xml_elements_are_found_at_any_depth(drawing):
    assert len(drawing.all("polygon")) == 2 and drawing.all("text")[0].text == "Hall 12" and drawing.all("svg") == []


def test_xml_numbers_lose_their_unit(drawing):
    assert drawing.number("width") == 120


def test_points_are_pairs(drawing):
    assert drawing.all("polygon")[0].points() == [(0, 0), (10.5, 0), (10, 20)]


def test_empty_points_are_the_deliverables_fault(drawing):
    with pytest.raises(DeliverableError, match="an empty cell is not a number"):
        drawing.all("polygon")[1].points()


def test_an_odd_count_of_points_is_told():
    with pytest.raises(DeliverableError, match="points holds an odd count of numbers"):
        xml_root("x.svg", b'<polygon points="1 2 3"/>').points()


def test_a_missing_xml_attribute_is_told_with_its_place(drawing):
    with pytest.raises(DeliverableError, match=r"^plan\.svg: <svg> <g>: has no attribute 'width'$"):
        drawing.children[0].number("width")


def test_a_doctype_alone_is_fine():
    assert xml_root("x.svg", b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>').name == "svg"


@pytest.mark.parametrize("source", ["<i></i>" * 6, "&amp;" * 11])
def test_pages_of_too_many_tags_are_refused(source, monkeypatch):
    monkeypatch.setattr(markup, "MOST_TAGS", 10)
    with pytest.raises(DeliverableError, match=r"^x\.html: holds more than 10 tags and entities$"):
        Page("x.html", source)


def test_drawings_within_reason_are_read_and_others_refused(monkeypatch):
    assert xml_root("x.svg", b"<a>" * 200 + b"</a>" * 200).all("a")
    with pytest.raises(DeliverableError, match=r"^x\.svg: nests elements more than 200 deep$"):
        xml_root("x.svg", b"<a>" * 201 + b"</a>" * 201)
    monkeypatch.setattr(markup, "MOST_TAGS", 10)
    with pytest.raises(DeliverableError, match=r"^x\.svg: holds more than 10 tags$"):
        xml_root("x.svg", b"<a>" + b"<b/>" * 10 + b"</a>")


def test_no_entity_reads_a_file(tmp_path):
    (tmp_path / "secret").write_text("secret")
    for declared in ('x SYSTEM "file://{}"', '% x SYSTEM "file://{}"> %x; <!ENTITY y "z"'):
        source = f"<!DOCTYPE a [<!ENTITY {declared.format(tmp_path / 'secret')}>]><a>&x;</a>"
        with pytest.raises(DeliverableError, match="EntitiesForbidden"):
            xml_root("x.svg", source.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<a>", b"<a></b>", b"plain", b"\xff\xfe", b'<?xml version="1.0" encoding="no-such"?><a/>',
        b'<!DOCTYPE a [<!ENTITY x "boom">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ATTLIST b c CDATA "long">]><a><b/></a>',
        b'<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>',
    ],
)  # fmt: skip
def test_broken_and_hostile_xml_is_the_deliverables_fault(content):
    with pytest.raises(DeliverableError, match=r"^x\.xml: is not well-formed XML: "):
        xml_root("x.xml", content)
