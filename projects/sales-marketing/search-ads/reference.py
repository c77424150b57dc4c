"""The accepted ads, and the same with a slip in them."""
# hapi-pytest canary aabc033a-3e9d-4151-bbc3-80f631cd6d7a

from typing import Any
from urllib.parse import urljoin

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

ROWS, FIT, PRICE, FIGURES = (
    "rows-and-columns-are-as-imported",
    "headlines-fit-when-expanded",
    "price-is-the-pages",
    "figures-are-on-the-page",
)
TAGS, LINKS = "tags-are-where-they-may-be", "links-lead-to-the-product"
FLAWS: dict[str, tuple[str, ...]] = {
    "paused-group-included": (ROWS,),
    "words-around-the-tag": (FIT,),
    "description-too-long": ("descriptions-and-paths-fit",),
    "headline-twice-in-other-capitals": ("every-field-is-filled-once",),
    "paused-keywords-used": ("headlines-have-keywords",),
    "tag-in-every-group": (TAGS, FIT, "nothing-excluded-is-said"),
    "words-behind-the-colon-too-short": (TAGS,),
    "net-price": (PRICE,),
    "crossed-out-price": (PRICE, FIGURES),
    "price-of-the-source": (PRICE, FIGURES),
    "price-for-the-one-on-request": (PRICE, FIGURES),
    "banner-advertised": (FIGURES,),
    "figure-of-another-product": (FIGURES,),
    "second-question-mark": (LINKS,),
    "addresses-glued": (LINKS,),
    "benefit-reworded": ("benefits-are-word-for-word",),
    "call-in-each-description": ("one-call-per-ad",),
    "superlative": ("nothing-excluded-is-said",),
    "negative-keyword-said": ("nothing-excluded-is-said",),
    "sentence-case": ("headlines-are-in-title-case",),
}
EQUIVALENTS: dict[str, str] = {
    "another-text": "apart from keywords, price, benefits and call the ads may say what they like",
    "spreadsheet-csv": "a byte-order mark and other line ends change nothing in a csv file",
    "price-written-otherwise": "EUR 1290 is the price of €1,290; the page fixes the amount and not how it is written",
    "little-words-with-capitals": "little words may stay small and need not",
    "calls-with-full-stops": "limits.md takes a call with or without a full stop",
    "tag-elsewhere": "limits.md asks for one headline with a tag and does not say which one",
}
LITTLE = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}

Group = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write a row for each group that has an active keyword."""
    groups = {group["name"]: group for group in facts.groups}
    order = list(dict.fromkeys(row[0] for row in facts.keywords if row[0] in groups))
    rows = []
    for name in order:
        if groups[name]["role"] != "paused" or "paused-group-included" in flaws:
            rows.append(_row(groups[name], facts, flaws))
    header = facts.header.split(", ")
    text = csv_text(header, [[row[column] for column in header] for row in rows])
    return {"ads.csv": "\ufeff" + text.replace("\n", "\r\n") if "spreadsheet-csv" in flaws else text}


def _row(group: Group, facts: Facts, flaws: frozenset[str]) -> dict[str, str]:
    headlines = _headlines(group, facts, flaws)
    row = {"Campaign": facts.campaign, "Ad Group": group["name"], "Status": "Paused"}
    row |= {f"Headline {place}": text for place, text in enumerate(headlines, 1)}
    row |= {f"Description {place}": text for place, text in enumerate(_descriptions(group, facts, flaws), 1)}
    row |= {"Path 1": group["slug"][:15], "Path 2": "made-here", "Final URL": _url(group, facts, flaws)}
    return row


def _titled(text: str, flaws: frozenset[str]) -> str:
    """Put a headline into title case."""
    words = text.split()
    is_loud = "little-words-with-capitals" in flaws
    return " ".join(
        word if word in LITTLE and index and not is_loud else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


def _headlines(group: Group, facts: Facts, flaws: frozenset[str]) -> list[str]:
    role, product = group["role"], group["product"]
    active = [row[1] for row in facts.keywords if row[0] == group["name"] and row[2:] == ["active", "keyword"]]
    paused = [row[1] for row in facts.keywords if row[0] == group["name"] and row[2:] == ["paused", "keyword"]]
    usable = sorted((keyword for keyword in active or paused if "alternative" not in keyword), key=len)
    shortest = usable[0].title()
    if "words-behind-the-colon-too-short" in flaws:
        shortest = product.title()
    tag = f"{{KeyWord:{shortest}}}"
    if "words-around-the-tag" in flaws:
        tag = f"Our {tag}"
    first = tag if role != "rival" or "tag-in-every-group" in flaws else f"{product} from {facts.town}"
    found = [first, *usable[1:4]]
    if "paused-keywords-used" in flaws and role == "net":
        found[1:4] = [product, f"our {product}", f"{product} for you"]
    found += [_price(group, flaws), f"made in {facts.town}", "from our own workshop", "talk to the makers"]
    if "another-text" in flaws:
        found[5:] = ["Joiners who answer", "Drawn, cut and set up by us", "A workshop you can visit"]
    found = [_titled(text, flaws) if not text.startswith(("{", "Our {")) else text for text in found]
    _slip(found, group, facts, flaws)
    return [*found[1:4], found[0], *found[4:]] if "tag-elsewhere" in flaws else found


def _slip(found: list[str], group: Group, facts: Facts, flaws: frozenset[str]) -> None:
    """Put slips into the last three headlines."""
    role = group["role"]
    if "headline-twice-in-other-capitals" in flaws and role == "net":
        found[7] = found[6].upper()
    if "banner-advertised" in flaws:
        found[7] = f"Save {facts.promo}% Now"
    if "figure-of-another-product" in flaws and role == "struck":
        other = next(group for group in facts.groups if group["role"] == "paused")
        found[7] = f"Ready in {other['weeks']} Weeks"
    if "superlative" in flaws and role == "request":
        found[7] = f"{facts.banned[0].title()} in Town"
    if "sentence-case" in flaws and role == "rival":
        found[5] = found[5].split()[0] + " right here for you"


def _price(group: Group, flaws: frozenset[str]) -> str:
    role, price = group["role"], group["price"]
    is_wrong = {"struck": "crossed-out-price", "net": "net-price", "stale": "price-of-the-source"}.get(role, "")
    if is_wrong in flaws:
        price = group["wrong_price"]
    if role == "request":
        if "price-for-the-one-on-request" not in flaws:
            return "price on request"
        price = group["wrong_price"]
    return f"from EUR {price}" if "price-written-otherwise" in flaws else f"from €{price:,}"


def _descriptions(group: Group, facts: Facts, flaws: frozenset[str]) -> list[str]:
    first, second, third = (benefit[0].upper() + benefit[1:] for benefit in facts.benefits)
    call = facts.calls[0] + ("." if "calls-with-full-stops" in flaws else "")
    role, product = group["role"], group["product"]
    if "benefit-reworded" in flaws and role == "request":
        second = second.replace(" ", " really ", 1)
    texts = [f"{first}. For {product} of every kind.", f"{second}. {product.capitalize()} of ours.", f"{third}. {call}"]
    if "another-text" in flaws:
        texts[0] = f"Your {product}: {facts.benefits[0]}."
    if "call-in-each-description" in flaws:
        texts[1] = f"{second}. {facts.calls[1]}"
    if "description-too-long" in flaws and role == "rival":
        texts[1] = f"{second}. All {product} are made by the very people who will come and set them up at your house."
    if "negative-keyword-said" in flaws and role == "net":
        negative = next(row[1] for row in facts.keywords if row[0] == group["name"] and row[3] == "negative")
        texts[1] = f"{second}. No {negative} {product}."
    return texts


def _url(group: Group, facts: Facts, flaws: frozenset[str]) -> str:
    address = facts.page + group["href"] if "addresses-glued" in flaws else urljoin(facts.page, group["href"])
    mark = "&" if "?" in address and "second-question-mark" not in flaws else "?"
    return f"{address}{mark}utm_source=search&utm_campaign={facts.slug}&utm_content={group['slug']}"
