"""A landing page with last year's leftovers, an account's keywords and the limits of an import tool."""
# hapi-pytest canary aabc033a-3e9d-4151-bbc3-80f631cd6d7a

import datetime
from typing import Any
from urllib.parse import urljoin

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

FIRMS = ["Holt & Ashby", "Wrenfield Timber", "Larch Lane", "Öhlund Woodworks", "Pinnacle Oak", "Copse & Sons"]
CLIENTS = ["Hattie", "Bram", "Yvonne", "Callum", "Signe", "Émile"]
TOWNS = ["Alderby", "Brackwell", "Corrie", "Dunmere", "Elmstead", "Fenwick", "Garton", "Helmsby"]
PRODUCTS = [
    "pergolas", "carports", "bike sheds", "greenhouses", "garden gates", "garden rooms", "sauna huts", "front doors",
    "roof windows", "wood fences", "log stores", "patio roofs",
]  # fmt: skip
KINDS = ["timber", "oak", "larch", "solid", "bespoke", "rustic"]
PATTERNS = ["{p} made to measure", "custom {p}", "{p} with assembly", "{kind} {p}"]
NEGATIVES = ["used", "rental", "kit", "plans", "second hand", "toy", "repair", "diy"]
EVERYWHERE = ["free", "jobs", "cheap", "course", "wholesale"]
RIVALS = ["Dorvik", "Helmstrand", "Castor Holz", "Timberline", "Nordbau"]
BANNED = ["best", "cheapest", "number one", "unbeatable", "lifetime", "guaranteed", "world", "perfect", "forever"]
CALLS = ["Book a visit", "Order samples", "Ask for a drawing", "Call the workshop", "See it built", "Plan it with us"]
BENEFITS = [
    "{n} years of warranty on every joint", "measured at your home by us", "oiled twice before it leaves us",
    "timber from within {n} miles", "spare parts for {n} years", "no deposit before delivery", "drawn by hand for you",
    "old parts taken away by us", "one person to talk to throughout", "set up by those who built it",
]  # fmt: skip
LIMITS = """\
# What the import tool wants

- The header is `{header}`, in this order, and there are no other columns.
- Campaign is {campaign} and Status is Paused in every row. The ad group is spelled as in keywords.csv. No field is
  empty.
- A headline has 30 characters at most, a description 90, a path 15. Paths have letters, digits and hyphens only.
- Within one ad no two headlines and no two descriptions are the same. Capitals make no difference.
- A tag for keyword insertion looks like this: `{{KeyWord:Oak Benches}}`. In place of the whole tag the tool puts the
  keyword that was searched. It refuses the ad if that makes the headline longer than 30 characters for any active
  keyword of the group. The words behind the colon have to be an active keyword of the group, in any capitals.
- Square brackets and quotation marks in keywords.csv are match marks and not part of the keyword.

# How we write

- Each ad has one headline with a tag. Only a group with a competitor's name in an active keyword has none, or we would
  print that name. Our competitors are {rival_text}.
- At least three headlines of each ad without a tag hold an active keyword of the group word for word, capitals aside.
- One headline of each ad has the price as the customer pays it, with VAT, and the rest of the ad has no price. Where
  the page says that the price is on request, the whole ad has none.
- Headlines are in title case: each word begins with a capital. Only a, an, and, at, by, for, from, in, of, on, or, the,
  to and with may stay small, though not as the first word. No exclamation marks in headlines.
- The three benefits that the page prints in bold under "{why}" stand in the descriptions of each ad, word for word,
  capitals aside.
- One description of each ad, and only one, ends with one of these calls, with or without a full stop: {call_text}.
- Not in any ad, neither headline, description nor path: {banned_text}; the names of competitors; the negative keywords
  of the group and those of the group all.
- Final URL: where the button in the product's part of the page leads, in full, and behind it
  `?utm_source=search&utm_campaign={slug}&utm_content=` with the ad group in lower case and hyphens for spaces. If there
  is a question mark in the address already, `&` takes the place of ours. The page itself is at {page}.
"""
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{firm}: {line}</title>
<meta name="description" content="{Stale} from €{stale_price:,} and more, made in {town}.">
<script type="application/ld+json">{{"@type": "Product", "name": "{Stale}", "price": "{stale_price}"}}</script>
</head>
<body>
<p id="banner">Autumn weeks: {promo}% off everything until {promo_text}</p>
<h1>{firm}, {town}</h1>
<p>Joiners since {since}. {people} people, one workshop.</p>
<div style="display:none">Now with 0% financing over {months} months</div>
{sections}
<h2>{why}</h2>
<ul>
{benefit_items}
<!-- <li><strong>Delivered within {old_miles} miles at no cost</strong></li> -->
</ul>
<footer>{firm}, {town}. All prices in euro.</footer>
</body>
</html>
"""
SECTION = """\
<section id="{slug}">
<h2>{name}</h2>
<p>Up to {wide} feet wide, in {colours} colours, ready in {weeks} weeks.</p>
<p class="price">{offer}</p>
<a class="button" href="{href}">See our {product}</a>
</section>
"""
HEADER = ["Campaign", "Ad Group", "Status", *(f"Headline {n}" for n in range(1, 9))]
HEADER += ["Description 1", "Description 2", "Description 3", "Path 1", "Path 2", "Final URL"]

ROLES = ["stale", "struck", "net", "request", "rival", "paused"]

Group = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    given, benefits = _given(draw)
    keywords = _keywords(draw, given["groups"], given["rivals"])
    files = {
        "landing.html": PAGE.format(**given, **_parts_of_the_page(given["groups"], benefits)),
        "limits.md": LIMITS.format(**given),
        "keywords.csv": _table(draw, keywords),
    }
    return Inputs(files=files, given=given | {"keywords": keywords}, gold=_gold(given, keywords, benefits))


def _given(draw: Draw) -> tuple[dict[str, Any], list[str]]:
    """Return what may be told, and the benefits, of which the last is not in bold."""
    firm, town, folder = draw.choice(FIRMS), draw.choice(TOWNS), draw.choice(["garden", "outdoors", "made"])
    page = f"https://www.{firm.split()[0].lower().replace('ö', 'o')}.example/{folder}/"
    numbers, (promo, people) = draw.sample(range(60, 96), 6), draw.sample(range(20, 31), 2)
    groups = _groups(draw, page)
    campaign = f"{draw.choice(['Search', 'Sell', 'Launch'])} {draw.choice(['Autumn', 'Winter', 'North', 'Home'])} "
    campaign += str(draw.integer(102, 989))
    promo_end = draw.date(datetime.date(2026, 11, 10), datetime.date(2026, 11, 16))
    ads_start = promo_end + datetime.timedelta(days=draw.integer(2, 12))
    rivals, calls, banned = draw.sample(RIVALS, 3), draw.sample(CALLS, 4), draw.sample(BANNED, 6)
    named = {f"{role}_group": next(g["name"] for g in groups if g["role"] == role) for role in ROLES[1:5]}
    texts = {"rival_text": ", ".join(rivals), "call_text": ", ".join(calls), "banned_text": ", ".join(banned)}
    benefits = [benefit.format(n=numbers.pop()) for benefit in draw.sample(BENEFITS, 4)]
    given = named | texts | {"rivals": rivals, "calls": calls, "banned": banned, "groups": groups}
    return given | {
        "firm": firm,
        "client": draw.choice(CLIENTS),
        "town": town,
        "line": ", ".join(g["product"] for g in groups[:-1]) + f" and {groups[-1]['product']}",
        "ads_start_text": f"{ads_start:%-d %B}",
        "query_group": groups[0]["name"],
        "campaign": campaign,
        "slug": campaign.lower().replace(" ", "-"),
        "page": page,
        "why": draw.choice(["Why us", "What you get from us", "Our word on it"]),
        "header": ", ".join(HEADER),
        "promo": promo,
        "promo_text": f"{promo_end:%-d %B}",
        "since": 2 * draw.integer(953, 998),  # even, so that it is no price
        "people": people,
        "months": numbers.pop(),
        "old_miles": numbers.pop(),
    }, benefits


def _parts_of_the_page(groups: list[Group], benefits: list[str]) -> dict[str, Any]:
    items = [f"<li><strong>{benefit[0].upper()}{benefit[1:]}</strong></li>" for benefit in benefits[:3]]
    return {
        "Stale": groups[0]["name"],
        "stale_price": groups[0]["wrong_price"],
        "benefit_items": "\n".join([*items, f"<li>{benefits[3].capitalize()}</li>"]),
        "sections": "".join(SECTION.format(**group, offer=_price_text(group)) for group in groups),
    }


def _gold(given: dict[str, Any], keywords: list[list[str]], benefits: list[str]) -> dict[str, Any]:
    order = list(dict.fromkeys(row[0] for row in keywords))
    groups = sorted(given["groups"], key=lambda group: order.index(group["name"]))
    ads = {group["name"]: group for group in groups if group["role"] != "paused"}
    running = [(row[0], row[1]) for row in keywords if row[2:] == ["active", "keyword"]]
    excluded = [(row[0], row[1]) for row in keywords if row[3] == "negative"]
    sizes = ("wide", "colours", "weeks")
    return {
        "ads": list(ads),
        "active": {name: [keyword for group, keyword in running if group == name] for name in ads},
        "negative": {name: [keyword for group, keyword in excluded if group in (name, "all")] for name in ads},
        "prices": {name: group["price"] for name, group in ads.items()},
        "urls": {name: _tracked(group, given) for name, group in ads.items()},
        "benefits": benefits[:3],
        "figures": {name: [*(group[size] for size in sizes), *group["shown"]] for name, group in ads.items()},
        "general": [given["since"], given["people"], *_numbers(benefits)],
        "no_tag": given["rival_group"],
    }


def _groups(draw: Draw, page: str) -> list[Group]:
    """Return the products, each with what is odd about it."""
    groups, count = [], len(ROLES)
    sizes = {"wide": range(12, 20), "colours": range(31, 59), "weeks": range(4, 12)}
    drawn = {name: draw.sample(span, count) for name, span in sizes.items()}
    for role, product in zip(ROLES, draw.sample(PRODUCTS, count), strict=True):
        slug = product.replace(" ", "-")
        net = draw.integer(8, 39) * 100
        group = {"role": role, "product": product, "name": product.title(), "slug": slug}
        group |= {name: values.pop() for name, values in drawn.items()}
        group |= {"price": draw.integer(61, 420) * 10 - 1, "href": f"{slug}/", "shown": []}
        group["wrong_price"] = group["price"] - draw.integer(3, 18) * 10
        if role == "stale":
            group["href"] = f"https://shop.{page.split('www.')[1].split('/')[0]}/{slug}?v={draw.integer(2, 9)}"
        elif role == "struck":
            group |= {"href": f"/products/{slug}", "wrong_price": group["price"] + draw.integer(5, 30) * 10}
        elif role == "net":
            group |= {"price": net * 119 // 100, "wrong_price": net}
            group["shown"] = [net]
        elif role == "request":
            group["price"] = 0
        group["shown"] = [*group["shown"], *([group["price"]] if group["price"] else [])]
        groups.append(group)
    return groups


def _price_text(group: Group) -> str:
    price, wrong = f"€{group['price']:,}", f"€{group['wrong_price']:,}"
    return {
        "struck": f"<del>From {wrong}</del> <ins>From {price}</ins>",
        "net": f"From {wrong} plus VAT ({price} with VAT)",
        "request": "Price on request, since no two are alike",
    }.get(group["role"], f"From {price}")


def _keywords(draw: Draw, groups: list[Group], rivals: list[str]) -> list[list[str]]:
    """Return ad group, keyword, status and type of each line; the paused ones are the tempting ones."""
    rows = []
    for group in draw.shuffled(groups):
        name, product = group["name"], group["product"]
        status = "paused" if group["role"] == "paused" else "active"
        kinds = draw.sample(KINDS, 2)
        found = [pattern.format(p=product, kind=kinds[0]) for pattern in PATTERNS]
        if group["role"] == "rival":
            found.append(f"{rivals[0].lower()} {product} alternative near me")
        lines = [[name, keyword, status, "keyword"] for keyword in found]
        tempting = [product, f"{kinds[1]} {product}", f"{product} with delivery and assembly"]
        lines += [[name, keyword, "paused", "keyword"] for keyword in tempting]
        lines += [[name, keyword, "active", "negative"] for keyword in draw.sample(NEGATIVES, 2)]
        rows += draw.shuffled(lines)
    return rows + [["all", keyword, "active", "negative"] for keyword in draw.sample(EVERYWHERE, 3)]


def _table(draw: Draw, keywords: list[list[str]]) -> str:
    """Print the keywords with their match marks."""
    rows = []
    for group, keyword, status, kind in keywords:
        marked = draw.choice([keyword, f"[{keyword}]", f'"{keyword}"'])
        rows.append([group, marked, kind, status, draw.integer(10, 900) * 10 if kind == "keyword" else ""])
    return csv_text(["Ad Group", "Keyword", "Type", "Status", "Searches a month"], rows)


def _tracked(group: Group, given: dict[str, Any]) -> str:
    address = urljoin(given["page"], group["href"])
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}utm_source=search&utm_campaign={given['slug']}&utm_content={group['slug']}"


def _numbers(texts: list[str]) -> list[int]:
    return [int(word) for text in texts for word in text.split() if word.isdecimal()]
