"""The accepted sequence, and the same with a slip in it."""
# hapi-pytest canary b97e3442-f5a7-4237-9dd0-838a4e93e370

import datetime
import json
from collections.abc import Container
from typing import Any

from hapi_pytest import Facts

DAYS, PROOFS, FIGURES = "send-days-are-counted-right", "each-mail-has-its-proof", "figures-are-the-offers"
FLAWS: dict[str, tuple[str, ...]] = {
    "holidays-of-all-regions": (DAYS,),
    "regional-holidays-forgotten": (DAYS,),
    "any-working-day": (DAYS,),
    "proof-polished": (PROOFS,),
    "expired-proof-used": (PROOFS, "forbidden-customers-are-not-named"),
    "proofs-swapped": (PROOFS, FIGURES),
    "customer-named-in-passing": ("forbidden-customers-are-not-named",),
    "first-mail-too-long": ("bodies-keep-their-length",),
    "subject-long-when-filled": ("subjects-fit-every-recipient",),
    "replies-with-their-own-subjects": ("replies-keep-their-subject",),
    "greeting-without-a-fallback": ("merge-tags-are-safe",),
    "town-without-a-fallback": ("merge-tags-are-safe",),
    "link-in-a-sentence": ("one-link-at-the-end",),
    "other-price": ("price-and-deadline-hold",),
    "price-in-the-last-mail-too": ("price-and-deadline-hold",),
    "figure-for-us-only": (FIGURES,),
    "sign-off-tidied": ("sign-off-is-unchanged",),
    "banned-phrase-used": ("nothing-banned-is-said",),
    "words-of-the-draft": ("table-and-mails-agree",),
    "same-opening-twice": ("openings-differ",),
}
EQUIVALENTS: dict[str, str] = {
    "another-text": "apart from proof, price, deadline and figures the brief leaves open what the mails say",
    "windows-line-ends": "style.md wants plain text and does not say how lines end",
    "more-in-the-table": "the brief names what each object has, and forbids nothing more",
    "fallback-for-the-company": "a tag may have words to stand in where no column has gaps",
}
OPENINGS = [
    "Somewhere at {{{{company}}}} somebody probably spends part of the week on {pain}.",
    "Last time I wrote to you about {pain}.",
    "You may have asked yourself what {product} would be for {{{{company}}}}.",
    "Some things are easier to show than to write down.",
    "This is the last mail that you get from me for now.",
]
OTHER_OPENINGS = [
    "May I ask who looks after {pain} at your firm in {{{{town|your town}}}}?",
    "There is more than one way out of {pain}.",
    "Before anybody talks to us, they want to know one thing.",
    "It helps to hear it from those who do the work.",
    "I don't want to write to you for ever.",
]
SAID = [
    "{product} {does}, and {firms} firms use it.",
    "It is set up in {setup} days, and we do that part ourselves.",
    "It is EUR {price} a month and site, and nothing comes on top.",
    "A talk with us takes {call} minutes, and your questions come first.",
    "The trial is free and lasts {trial} days if you sign up by {deadline}.",
]
FILLERS = [
    "Nobody has to learn a new way of working for it.",
    "What people knew before stays as useful as it was.",
    "The first thing that most notice is a quieter desk.",
    "I would rather show you than promise you anything.",
    "If it is no use to you, you will see that soon.",
    "Your own people decide how far they want to go.",
    "It works beside what you have today and takes nothing away.",
    "Whoever does the work now is the one who gains most.",
    "There is nothing to install and nothing to move.",
    "Questions go to a person here, and a person answers.",
    "You can stop whenever you like and keep what is yours.",
    "It starts small, on one site, with one team.",
]
SUBJECTS = ["Less paper at {{{{company}}}}", "What {product} is for us", "Before I stop writing"]
PREVIEWS = ["A word about paper", "And who sets it up", "All of it in one line", "A short talk", "And a last offer"]

Record = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write five mails, and the table from what stands in them."""
    files: dict[str, str | bytes] = {}
    table = []
    chosen, days = _chosen(facts, flaws), _days(facts, flaws)
    for index in range(5):
        subject, body = _subject(index, facts, flaws), _body(index, chosen, facts, flaws)
        head = [f"Subject: {subject}", f"Preview: {PREVIEWS[index]}", ""]
        text = "\n".join([*head, body, "--", *_sign_off(facts, flaws), ""])
        if "fallback-for-the-company" in flaws:
            text = text.replace("{{company}}", "{{company|your firm}}")
            subject, body = (part.replace("{{company}}", "{{company|your firm}}") for part in (subject, body))
        row: Record = {"mail": index + 1, "send_on": days[index].isoformat(), "subject": subject}
        row |= {"proof": chosen[index]["id"], "link": facts.links[index], "words": len(body.split())}
        if "words-of-the-draft" in flaws and index == 1:
            row["words"] -= 6
        table.append(row | ({"weekday": f"{days[index]:%A}"} if "more-in-the-table" in flaws else {}))
        files[f"mails/{index + 1}.md"] = text.replace("\n", "\r\n") if "windows-line-ends" in flaws else text
    return files | {"sequence.json": json.dumps({"mails": table}, ensure_ascii=False, indent=2)}


def _days(facts: Facts, flaws: frozenset[str]) -> list[datetime.date]:
    """Return the days on which the mails go out."""
    where = {"all", *facts.regions}
    if "holidays-of-all-regions" in flaws:
        where = {region for _, region in facts.holidays}
    if "regional-holidays-forgotten" in flaws:
        where = {"all"}
    off = [day for day, region in facts.holidays if region in where]
    days = [facts.start]
    for gap in facts.gaps:
        day = _after(days[-1], gap, off)
        weekdays = range(5) if "any-working-day" in flaws else range(1, 4)
        while day.weekday() not in weekdays or day in off:
            day += datetime.timedelta(days=1)
        days.append(day)
    return days


def _after(day: datetime.date, gap: int, off: Container[datetime.date]) -> datetime.date:
    while gap:
        day += datetime.timedelta(days=1)
        gap -= day.weekday() < 5 and day not in off
    return day


def _chosen(facts: Facts, flaws: frozenset[str]) -> list[Record]:
    """Return the proof of each mail."""
    chosen = []
    days = _days(facts, frozenset())
    for topic, day in zip(facts.topics, days, strict=True):
        mine = [proof for proof in facts.proofs if proof["topic"] == topic and "cold mail" in proof["cleared"]]
        mine = [proof for proof in mine if proof["audience"] in (facts.audience, "all")]
        is_expired = {proof["id"]: proof["until"] is not None and proof["until"] < day for proof in mine}
        is_withdrawn = {proof["id"]: "do not use" in proof["remark"] for proof in mine}
        good = [proof for proof in mine if not is_expired[proof["id"]] and not is_withdrawn[proof["id"]]]
        if "expired-proof-used" in flaws:
            good = [proof for proof in mine if is_expired[proof["id"]]] or good
        chosen.append(good[0])
    if "proofs-swapped" in flaws:
        chosen[0], chosen[3] = chosen[3], chosen[0]
    return chosen


def _subject(index: int, facts: Facts, flaws: frozenset[str]) -> str:
    """Return a mail's subject; the second and fourth are replies."""
    subjects = [subject.format(product=facts.product) for subject in SUBJECTS]
    if "subject-long-when-filled" in flaws:
        subjects[0] = subjects[0].replace("Less paper", "Less paper and fewer errors")
    if index in (1, 3) and "replies-with-their-own-subjects" in flaws:
        return ["", "One more thought", "", "Shown rather than told"][index]
    return "Re: " * (index in (1, 3)) + subjects[index // 2]


def _sign_off(facts: Facts, flaws: frozenset[str]) -> list[str]:
    lines = list(facts.sign_off)
    return [*lines[:-1], "To unsubscribe, reply with stop."] if "sign-off-tidied" in flaws else lines


def _body(index: int, chosen: list[Record], facts: Facts, flaws: frozenset[str]) -> str:
    """Return a mail's body, filled up to its length."""
    openings = OTHER_OPENINGS if "another-text" in flaws else OPENINGS
    price = facts.other_price if "other-price" in flaws else facts.price
    values = {name: getattr(facts, name) for name in ("product", "does", "pain", "firms", "setup", "call", "trial")}
    values |= {"price": price, "deadline": facts.deadline_text}
    opening = openings[index]
    if "same-opening-twice" in flaws and index == 3:
        opening = openings[1].split(".")[0] + ", and I do so once more."
    sentence = chosen[index]["sentence"]
    if "proof-polished" in flaws and index == 2:
        sentence = sentence.replace(" since ", ", ever since ")
    parts = [opening.format(**values), sentence, SAID[index].format(**values), *_slips(index, facts, flaws)]
    greeting = "Hello {{first_name}}," if "greeting-without-a-fallback" in flaws else "Hello {{first_name|there}},"
    low, high = facts.lengths[index]
    fillers = iter([*FILLERS[index * 2 :], *FILLERS[: index * 2]] * 2)
    goal = high + 4 if "first-mail-too-long" in flaws and index == 0 else low + 3
    while len(" ".join([greeting, *parts, "link"]).split()) < goal:
        parts.insert(2, next(fillers))
    link = facts.links[index]
    ending = [f"See {link}"] if "link-in-a-sentence" in flaws and index == 3 else [link]
    if "another-text" in flaws:
        return "\n\n".join([greeting, *parts, *ending]) + "\n"
    return "\n\n".join([greeting, parts[0], " ".join(parts[1:]), *ending])


def _slips(index: int, facts: Facts, flaws: frozenset[str]) -> list[str]:
    """Return sentences that should not be there."""
    found = []
    if "customer-named-in-passing" in flaws and index == 3:
        found.append(f"{facts.unnamed[0]} would tell you the same.")
    if "town-without-a-fallback" in flaws and index == 1:
        found.append("We come to {{town}} for it.")
    if "price-in-the-last-mail-too" in flaws and index == 4:
        found.append(f"After that it is EUR {facts.price}.")
    if "figure-for-us-only" in flaws and index == 1:
        found.append(f"Only {facts.lost} firms have left.")
    if "banned-phrase-used" in flaws and index == 1:
        found.append(f"So, {facts.banned[0]}.")
    return found
