"""The accepted lead list, and the same list with a slip in it."""
# hapi-pytest canary 2bbb6977-d0c4-4560-b56c-78673705a3ac

import datetime
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

BEST = "the-best-firms-are-on-the-list"
FLAWS: dict[str, tuple[str, ...]] = {
    "one-row-short": (BEST,),
    "ties-by-id-alone": ("best-score-comes-first",),
    "points-scaled-to-a-hundred": ("scores-follow-the-profile",),
    "firms-below-the-cut-forgotten": ("every-entry-is-in-one-file",),
    "fair-dates-month-first": (BEST, "one-entry-speaks-for-a-firm", "scores-follow-the-profile"),
    "kept-left-empty": ("one-entry-speaks-for-a-firm",),
    "legal-forms-dropped": ("one-entry-speaks-for-a-firm",),
    "only-direct-parents": (BEST, "competitors-and-their-firms-are-out"),
    "remark-not-read": (BEST, "competitors-and-their-firms-are-out"),
    "second-sheet-not-read": ("competitors-and-their-firms-are-out",),
    "zeros-of-postcodes-not-restored": (BEST, "postcodes-have-five-digits"),
    "postcodes-as-printed": ("postcodes-have-five-digits",),
    "upper-end-of-ranges": (BEST, "size-is-read-as-the-profile-says"),
    "group-for-missing-head-count": ("size-is-read-as-the-profile-says",),
    "address-elsewhere-taken": ("the-address-is-a-persons",),
    "region-before-sector": ("the-first-reason-counts",),
    "unwilling-not-looked-for": (BEST, "nobody-closed-or-unwilling-is-written-to", "the-first-reason-counts"),
    "opt-outs-called-no-contact": ("nobody-closed-or-unwilling-is-written-to",),
    "address-made-up": ("no-address-is-invented",),
    "growth-believed": ("self-praise-changes-nothing",),
    "zeros-of-ids-lost": ("ids-keep-six-digits",),
}
EQUIVALENTS: dict[str, str] = {
    "for-a-spreadsheet": "the brief asks for csv and fixes neither separator nor line ends nor byte-order mark",
    "more-columns": "the brief allows more columns behind its own",
    "rejected-by-reason": "the brief sorts the leads, not the rejected entries",
    "points-with-decimals": "a score of 70.0 is the score 70",
    "words-in-capitals": "domains and addresses mean the same in capitals, and so do the reasons",
}
GENERAL = ["info", "office", "sales", "contact", "export", "service", "admin"]

Firm = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Judge every entry of the directory, and write both files."""
    firms = [_read(firm, flaws) for firm in facts.firms]
    speakers = _speakers(firms)
    for firm in firms:
        speaker = speakers[firm["domain"]]
        firm["kept"] = "" if speaker is firm else speaker["id"]
        firm["reason"] = "duplicate" if firm["kept"] else _reason(firm, firms, facts, flaws)
        firm["score"] = _score(firm, facts) if not firm["reason"] else 0
        if "kept-left-empty" in flaws:
            firm["kept"] = ""
    ranked = sorted(
        (firm for firm in firms if not firm["reason"]), key=lambda f: (-f["score"], -f["employees"], f["id"])
    )
    count = facts.n - 1 if "one-row-short" in flaws else facts.n
    leads, others = ranked[:count], [firm for firm in firms if firm["reason"]]
    if "firms-below-the-cut-forgotten" not in flaws:
        others += [firm | {"reason": "below-cut"} for firm in ranked[count:]]
    return {"leads.csv": _leads(leads, flaws), "rejected.csv": _rejected(others, flaws)}


def _read(firm: Firm, flaws: frozenset[str]) -> Firm:
    """Return an entry as it is understood."""
    firm, updated = dict(firm), firm["updated"]
    if "fair-dates-month-first" in flaws and firm["source"] == "fair" and updated.day <= 12:
        firm["updated"] = updated.replace(month=updated.day, day=updated.month)
    if "upper-end-of-ranges" in flaws and "shown" in firm:
        firm["employees"] = int(firm["shown"].split("-")[1])
    if "group-for-missing-head-count" in flaws and firm["employees"] is None:
        firm["employees"] = firm["group"]
    if "growth-believed" in flaws and firm.get("role") == "grown":
        firm["employees"] = int(next(word for word in firm["about"].split() if word.isdecimal()))
    return firm


def _speakers(firms: list[Firm]) -> dict[str, Firm]:
    """Return the entry that speaks for each domain."""
    speakers: dict[str, Firm] = {}
    for firm in firms:
        known = speakers.setdefault(firm["domain"], firm)
        if firm["updated"] > known["updated"]:
            speakers[firm["domain"]] = firm
    return speakers


def _reason(firm: Firm, firms: list[Firm], facts: Facts, flaws: frozenset[str]) -> str:
    """Return the reason to leave a firm out, or nothing."""
    size, turnover = firm["employees"], firm["turnover"]
    found = {
        "inactive": firm["status"] != "active",
        "opt-out": firm["mailing"] == "no",
        "competitor": _is_rival(firm, firms, flaws),
        "sector": firm["sector"] not in facts.sectors,
        "region": firm["region"] not in facts.regions or _is_agents(firm, facts, flaws),
        "employees": size is None or not facts.low <= size <= facts.high,
        "turnover": turnover is not None and turnover < facts.least,
        "no-contact": not _address(firm, flaws),
    }
    if "unwilling-not-looked-for" in flaws:
        found |= {"inactive": False, "opt-out": False}
    reasons = [reason for reason, applies in found.items() if applies]
    if "region-before-sector" in flaws and {"sector", "region"} <= set(reasons):
        reasons.remove("sector")
    if "opt-outs-called-no-contact" in flaws:
        reasons = ["no-contact" if reason == "opt-out" else reason for reason in reasons]
    return reasons[0] if reasons else ""


def _is_rival(firm: Firm, firms: list[Firm], flaws: frozenset[str]) -> bool:
    """Whether a firm, or one that it belongs to, stands in competitors.xlsx."""
    role = firm.get("role")
    if role == "dealer":
        return "second-sheet-not-read" not in flaws
    if role == "rival" or (role == "former" and "remark-not-read" in flaws):
        return True
    steps = 1 if "only-direct-parents" in flaws else 9
    ids = {other["id"]: other for other in firms if other.get("role") in ("rival", "daughter")}
    while firm["parent"] in ids and steps:
        firm, steps = ids[firm["parent"]], steps - 1
        if firm["role"] == "rival":
            return True
    return False


def _is_agents(firm: Firm, facts: Facts, flaws: frozenset[str]) -> bool:
    if firm["region"] != facts.split:
        return False
    postcode = firm["postcode"]
    if "zeros-of-postcodes-not-restored" in flaws:
        postcode = postcode.lstrip("0")
    return not postcode.startswith(facts.split_start)


def _address(firm: Firm, flaws: frozenset[str]) -> str:
    """Return the address to write to, or nothing."""
    own = [email for email in firm["emails"] if email.endswith("@" + firm["domain"])]
    found = []
    for email in own:
        local = email.split("@")[0]
        found += [email] if local.replace("-", ".").split(".")[0] not in GENERAL else []
    if "address-elsewhere-taken" in flaws and found:
        others = [email for email in firm["emails"] if email not in own]
        return str([*others, *found][0])
    return str(found[0]) if found else ""


def _score(firm: Firm, facts: Facts) -> int:
    points = facts.sector_points[facts.sectors.index(firm["sector"])]
    points += facts.size_points[(firm["employees"] >= 100) + (firm["employees"] >= 200)]
    points += min(24, 2 * ((firm["turnover"] or 0) // 1000))
    named = [name for name in firm["certificates"] if name in facts.certificates]
    points += 4 * len(set(named))
    return int(points - 3 * _years(firm["updated"], facts.as_of))


def _years(start: datetime.date, end: datetime.date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _leads(leads: list[Firm], flaws: frozenset[str]) -> str:
    if "ties-by-id-alone" in flaws:
        leads = sorted(leads, key=lambda firm: (-firm["score"], firm["id"]))
    plain = next((firm["id"] for firm in leads if len(firm["emails"]) == 1), "")
    rows = []
    for firm in leads:
        email, score, postcode = _address(firm, flaws), firm["score"], firm["postcode"]
        if "points-scaled-to-a-hundred" in flaws:
            score = round(score * 100 / leads[0]["score"], 2)
        if "address-made-up" in flaws and firm["id"] == plain:
            email = f"purchasing@{firm['domain']}"
        if "postcodes-as-printed" in flaws:
            postcode = postcode.lstrip("0")
        domain = firm["domain"]
        if "words-in-capitals" in flaws:
            domain, email = domain.upper(), email.title()
        points = f"{score:.1f}" if "points-with-decimals" in flaws else score
        name = " ".join(firm["name"].split()[:2]) if "legal-forms-dropped" in flaws else firm["name"]
        row = [_id(firm["id"], flaws), name, domain, firm["town"], postcode, firm["employees"], email, points]
        rows.append(row)
    return _csv(["id", "company", "domain", "town", "postcode", "employees", "email", "score"], rows, flaws)


def _rejected(others: list[Firm], flaws: frozenset[str]) -> str:
    if "rejected-by-reason" in flaws:
        others = sorted(others, key=lambda firm: str(firm["reason"]))
    is_loud = "words-in-capitals" in flaws
    reasons = [str(firm["reason"]).upper() if is_loud else firm["reason"] for firm in others]
    rows = [
        [_id(firm["id"], flaws), reason, _id(firm["kept"], flaws)] for firm, reason in zip(others, reasons, strict=True)
    ]
    return _csv(["id", "reason", "kept"], rows, flaws)


def _id(text: str, flaws: frozenset[str]) -> str:
    return text.lstrip("0") if "zeros-of-ids-lost" in flaws else text


def _csv(header: list[str], rows: list[list[Any]], flaws: frozenset[str]) -> str:
    if "more-columns" in flaws:
        header, rows = [*header, "checked"], [[*row, "yes"] for row in rows]
    if "for-a-spreadsheet" in flaws:
        return "\ufeff" + csv_text(header, rows, delimiter=";").replace("\n", "\r\n")
    return csv_text(header, rows)
