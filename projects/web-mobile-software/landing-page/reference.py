"""The accepted page and style sheet, and flawed ones."""
# hapi-pytest canary cfa7a60e-84c2-43bf-b8cf-fc4f0c4b3f96

import html
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "struck-out-price": ("copy-stands-verbatim", "no-words-added"),
    "count-before-the-correction": ("copy-stands-verbatim", "no-words-added"),
    "title-of-their-own": ("copy-stands-verbatim",),
    "withdrawn-voice": ("no-words-added",),
    "copyright-line": ("no-words-added",),
    "order-as-drawn": ("sections-in-order",),
    "heading-as-h3": ("headings-of-the-right-level",),
    "menu-as-in-the-copy": ("menu-and-button-lead-there",),
    "asks-for-the-birthday": ("no-words-added", "form-asks-for-what-was-agreed"),
    "phone-not-required": ("form-asks-for-what-was-agreed",),
    "seats-without-end": ("form-asks-for-what-was-agreed",),
    "words-beside-the-fields": ("fields-have-labels",),
    "one-colour-guessed": ("palette-as-variables",),
    "contrast-by-eye": ("pairs-can-be-read",),
    "spare-for-everything-close": ("pairs-can-be-read",),
    "only-the-first-spare": ("pairs-can-be-read",),
    "palette-used-directly": ("parts-are-painted",),
    "shadow-of-its-own": ("colours-only-in-variables",),
    "inline-style": ("colours-only-in-variables",),
    "font-loaded": ("nothing-from-elsewhere",),
    "unpaid-photo": ("pictures-as-listed",),
    "size-before-the-crop": ("pictures-as-listed",),
    "prompt-in-a-field": ("no-words-added",),
    "columns-without-a-grid": ("columns-from-the-width-on",),
    "one-pixel-late": ("columns-from-the-width-on",),
    "other-breakpoint": ("columns-from-the-width-on",),
}
EQUIVALENTS: dict[str, str] = {
    "wide-first": "the brief fixes where three columns begin, not which of both is written inside the media query",
    "labels-around": "the copy asks for a real label; one around the field is as real as one that names it",
    "quotes-and-dashes": "the brief allows a dash or quotation marks around what guests say",
    "colours-spelled-otherwise": "the brand sheet itself spells its colours in several ways",
    "input-for-a-button": "the copy says Button; an input that submits is one and shows the same words",
    "nested-elements": "the wireframe draws sections; what stands inside them is left to us",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build index.html and style.css."""
    return {"index.html": _page(facts, flaws), "style.css": _styles(facts, flaws)}


def _page(facts: Facts, flaws: frozenset[str]) -> str:
    texts = {name: [html.escape(text) for text in some] for name, some in facts.texts.items()}
    if "struck-out-price" in flaws:
        texts["prices"][3] = texts["prices"][3].rpartition("€")[0] + f"€{facts.dead['price']}"
    if "count-before-the-correction" in flaws:
        texts["hero"][1] = texts["hero"][1].replace(f"with {facts.dead['new']} ", f"with {facts.dead['old']} ")
    order = list(facts.order)
    if "order-as-drawn" in flaws:
        order.remove(facts.mover)
        order.insert(order.index(facts.anchor) + 1, facts.mover)
    sections = "\n".join(_section(facts, flaws, name, texts) for name in order)
    menu = sorted(facts.menu) if "menu-as-in-the-copy" in flaws else facts.menu
    if menu == facts.menu and "menu-as-in-the-copy" in flaws:
        menu = facts.menu[::-1]
    links = "".join(f'<li><a href="#{target}">{html.escape(label)}</a></li>' for label, target in menu)
    title = f"{facts.studio}: home" if "title-of-their-own" in flaws else facts.title
    line = f"<p>© 2026 {html.escape(facts.studio)}</p>" if "copyright-line" in flaws else ""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta name="description" content="{html.escape(facts.description)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="stylesheet" href="style.css">\n</head>\n<body>\n<header><nav><ul>{links}</ul></nav></header>\n'
        f"<main>\n{sections}\n</main>\n<footer><p>{texts['footer'][0]}</p>"
        f'<p><a href="imprint.html">{texts["footer"][1]}</a></p>{line}</footer>\n</body>\n</html>\n'
    )


def _section(facts: Facts, flaws: frozenset[str], name: str, texts: dict[str, list[str]]) -> str:
    head, *rest = texts[name]
    level = "h1" if name == "hero" else "h3" if name == "prices" and "heading-as-h3" in flaws else "h2"
    style = ' style="margin-top: 0"' if name == "visit" and "inline-style" in flaws else ""
    parts = {"hero": _hero, "courses": _cards, "voices": _voices, "prices": _prices, "book": _form}
    body = parts.get(name, _plain)(facts, flaws, rest)
    if name != "courses":
        body += _pictures(facts, flaws, name)
    inner = f"<{level}{style}>{head}</{level}>\n{body}"
    if "nested-elements" in flaws:
        inner = f'<div class="inner">\n{inner}\n</div>'
    return f'<section id="{name}">\n{inner}\n</section>'


def _hero(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    return f'<p>{texts[0]}</p>\n<p><a class="button" href="#book">{texts[1]}</a></p>'


def _plain(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    return "\n".join(f"<p>{text}</p>" for text in texts)


def _cards(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    images = _pictures(facts, flaws, "courses").split("\n")
    cards = zip(texts[::2], texts[1::2], images, strict=True)
    return '<div class="cards">\n' + "\n".join(
        f"<article>{image}<h3>{name}</h3><p>{text}</p></article>" for name, text, image in cards
    ) + "\n</div>"  # fmt: skip


def _voices(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    voices = list(zip(texts[::2], texts[1::2], strict=True))
    if "withdrawn-voice" in flaws:
        voices.append((html.escape(facts.dead["voice"]), html.escape(facts.dead["who"])))
    form = "<blockquote><p>{}</p><footer>{}</footer></blockquote>"
    if "quotes-and-dashes" in flaws:
        form = "<figure><blockquote>“{}”</blockquote><figcaption>– {}</figcaption></figure>"
    return "\n".join(form.format(*voice) for voice in voices)


def _prices(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    return f"<p>{texts[0]}</p>\n<ul>" + "".join(f"<li>{text}</li>" for text in texts[1:]) + "</ul>"


def _pictures(facts: Facts, flaws: frozenset[str], section: str) -> str:
    pictures = [dict(one) for one in facts.pictures if one["section"] == section]
    if "unpaid-photo" in flaws and section == "visit":
        pictures.append(facts.dead["picture"])
    for one in pictures:
        if "size-before-the-crop" in flaws and one["file"] == facts.cropped:
            one |= facts.dead["size"]
    return "\n".join(
        f'<img src="img/{one["file"]}" alt="{html.escape(one["alt"])}" width="{one["width"]}" height="{one["height"]}">'
        for one in pictures
    )


def _form(facts: Facts, flaws: frozenset[str], texts: list[str]) -> str:
    fields = [dict(field) for field in facts.fields]
    if "asks-for-the-birthday" in flaws:
        fields.insert(5, {"label": facts.labels[5], "name": facts.names[5], "type": "date", "required": True})
    if "phone-not-required" in flaws:
        fields[2]["required"] = False
    lines = [_field(facts, flaws, field) for field in fields]
    button = f'<button class="button" type="submit">{texts[-1]}</button>'
    if "input-for-a-button" in flaws:
        button = f'<input class="button" type="submit" value="{texts[-1]}">'
    return "\n".join([f"<p>{texts[0]}</p>", '<form action="/booking" method="post">', *lines, button, "</form>"])


def _field(facts: Facts, flaws: frozenset[str], field: dict[str, Any]) -> str:
    name, label = field["name"], html.escape(field["label"])
    required = " required" if field["required"] else ""
    most = "" if "seats-without-end" in flaws else f' max="{facts.most}"'
    options = "".join(f"<option>{html.escape(option)}</option>" for option in facts.options)
    control = {
        "select": f'<select id="f-{name}" name="{name}"{required}>{options}</select>',
        "textarea": f'<textarea id="f-{name}" name="{name}" rows="4"{required}></textarea>',
        "number": f'<input id="f-{name}" name="{name}" type="number" min="1"{most}{required}>',
    }.get(field["type"], f'<input id="f-{name}" name="{name}" type="{field["type"]}"{required}>')
    if "prompt-in-a-field" in flaws and field["type"] == "textarea":
        control = control.replace(" rows", ' placeholder="Tell us more" rows')
    if "words-beside-the-fields" in flaws and field["type"] == "email":
        return f"<p><span>{label}</span> {control}</p>"
    if "labels-around" in flaws:
        return f"<p><label>{label} {control}</label></p>".replace(f' id="f-{name}"', "")
    return f'<p><label for="f-{name}">{label}</label> {control}</p>'


def _styles(facts: Facts, flaws: frozenset[str]) -> str:
    lines = [":root {"] + [f"  --{name}: {_spelled(facts, flaws, name)};" for name in facts.palette]
    for part, (ground, text) in _pairs(facts, flaws).items():
        lines += [f"  --{part}-bg: var(--{ground});", f"  --{part}-text: var(--{text});"]
    lines += [
        "}",
        "body { margin: 0; font-family: 'Gill Sans', Calibri, sans-serif; }",
        "img { max-width: 100%; height: auto; }",
    ]
    for part, (ground, text) in _pairs(facts, flaws).items():
        selector = {"footer": "body > footer", "button": ".button"}.get(part, f"#{part}")
        names = (f"{part}-text", f"{part}-bg")
        if part == "hero" and "palette-used-directly" in flaws:
            names = (text, ground)
        lines.append(f"{selector} {{ color: var(--{names[0]}); background-color: var(--{names[1]}); padding: 2rem; }}")
    lines.append("blockquote footer { color: inherit; background: none; font-style: italic; }")
    if "shadow-of-its-own" in flaws:
        lines.append(".button { box-shadow: 0 1px 3px rgba(0, 0, 0, 0.3); }")
    if "font-loaded" in flaws:
        lines.insert(0, '@import url("https://type.example.com/karlgate.css");')
    return "\n".join([*lines, *_columns(facts, flaws)]) + "\n"


def _columns(facts: Facts, flaws: frozenset[str]) -> list[str]:
    width = facts.breakpoint + ("one-pixel-late" in flaws)
    if "other-breakpoint" in flaws:
        width = 600
    if "wide-first" in flaws:
        return [
            f".cards {{ display: grid; gap: 1rem; grid-template-columns: repeat({facts.columns}, minmax(0, 1fr)); }}",
            f"@media screen and (max-width: {width - 1}.98px) {{\n  .cards {{ grid-template-columns: 1fr; }}\n}}",
        ]
    kind = "block" if "columns-without-a-grid" in flaws else "grid"
    return [
        f".cards {{ display: {kind}; gap: 1rem; }}",
        f"@media (min-width: {width}px) {{\n  .cards {{ grid-template-columns: repeat({facts.columns}, 1fr); }}\n}}",
    ]


def _pairs(facts: Facts, flaws: frozenset[str]) -> dict[str, list[str]]:
    pairs = {part: list(pair) for part, pair in facts.pairs.items()}
    missed = [part for part in pairs if pairs[part][1] != facts.wished[part][1]]
    if "contrast-by-eye" in flaws:  # the pairs that miss by little look well enough
        pairs |= {part: facts.wished[part] for part in missed if part != "button"}
    if "spare-for-everything-close" in flaws:
        pairs[facts.holding] = [pairs[facts.holding][0], facts.spare[0]]
    if "only-the-first-spare" in flaws:
        pairs |= {part: [pairs[part][0], facts.spare[0]] for part in missed}
    return pairs


def _spelled(facts: Facts, flaws: frozenset[str], name: str) -> str:
    red, green, blue = facts.palette[name]
    if "one-colour-guessed" in flaws and name == facts.unused:
        red = (red + 9) % 256
    if "colours-spelled-otherwise" in flaws:
        return f"rgb({red} {green} {blue})"
    return f"#{red:02x}{green:02x}{blue:02x}"
