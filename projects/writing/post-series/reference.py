"""The accepted posts, and those of a ghost-writer in a hurry."""
# hapi-pytest canary 3476f025-d54d-4def-94a1-e5ae9452e912

import json
import re
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "follows-the-rows-of-the-plan": ("posts-follow-the-plan",),
    "numbers-as-in-the-plan": ("posts-follow-the-plan",),
    "smooths-a-quote": ("quotes-are-word-for-word",),
    "keeps-the-typists-marks": ("quotes-are-word-for-word", "clients-are-masked"),
    "quotes-before-it-was-put-right": (
        "quotes-are-word-for-word",
        "anchors-lead-to-the-line",
        "no-other-figure-is-told",
    ),
    "retells-instead-of-quoting": ("quotes-stand-in-their-posts",),
    "puts-words-in-quotation-marks": ("quotes-stand-in-their-posts",),
    "names-a-client": ("clients-are-masked",),
    "names-a-client-in-passing": ("clients-are-masked",),
    "masks-everybody": ("clients-are-masked",),
    "masks-without-brackets": ("quotes-are-word-for-word", "clients-are-masked"),
    "takes-the-time-of-the-question": ("anchors-lead-to-the-line",),
    "takes-the-time-of-the-first-telling": ("anchors-lead-to-the-line",),
    "forgets-the-days-off": ("posts-go-out-on-their-days",),
    "moves-only-one-post": ("posts-go-out-on-their-days",),
    "adds-a-figure": ("no-other-figure-is-told",),
    "tells-that-it-was-wrong-before": ("no-other-figure-is-told",),
    "writes-too-little": ("posts-have-the-agreed-length",),
    "begins-long": ("first-lines-are-short",),
    "begins-the-same": ("first-lines-are-short",),
    "asks-twice": ("posts-end-with-their-only-question",),
    "goes-on-after-the-question": ("posts-end-with-their-only-question",),
    "takes-the-same-hashtags": ("hashtags-are-from-the-list",),
    "finds-a-hashtag": ("hashtags-are-from-the-list",),
    "speaks-as-we": ("posts-sound-like-the-speaker",),
    "cheers": ("posts-sound-like-the-speaker",),
    "uses-a-worn-word": ("no-word-that-is-ruled-out",),
    "tells-what-was-not-for-the-internet": ("nothing-slips-out",),
    "does-the-helper-a-favour": ("nothing-slips-out",),
    "thanks-for-the-questions": ("nothing-slips-out",),
}
EQUIVALENTS: dict[str, str] = {
    "straight-quotes": "how quotation marks are drawn is the network's business",
    "quote-first": "where the quote stands in the post is ours",
    "full-stop-in-the-anchor": "the full stop belongs to the sentence, whether it is copied along or not",
    "a-t-in-the-middle": "2027-01-31T08:05 is the same moment, as are seconds that are none",
    "other-words": "everything around the quote is ours to find",
}
TEXTS = {
    "beginnings": (
        "Everybody starts somewhere, and mostly it is cold.",
        "When people see the workshop today they think of a plan and of a bank that believed in it. There was "
        "a roof, and it leaked.",
        "Where did you begin?",
    ),
    "prices": (
        "The hardest word in my trade is a number.",
        "I was taught how to glue and how to wait, and nobody ever taught me how to say what it costs. It "
        "took me years.",
        "How do you say yours?",
    ),
    "hiring": (
        "A good question is worth a clean certificate.",
        "When I last looked for somebody, the letters came in by the basket, and all of them were polite. "
        "Only a single one made me curious.",
        "What would you have asked?",
    ),
    "tools": (
        "Old things are not always in the way.",
        "People bring me catalogues, and I like to look at the pictures in the evening. But when the work is "
        "difficult my hand goes to the same place.",
        "Which of your tools would you save?",
    ),
    "mornings": (
        "I am not rude before breakfast, I am thinking.",
        "Visitors are surprised at how still it is in here when the day begins. It is not the mood, it is a "
        "rule, and I made it.",
        "When do you think best?",
    ),
    "suppliers": (
        "Trust is a slow material.",
        "I am asked now and then how I secure what I need for my work, as if there was a trick. There is "
        "none, there is only time.",
        "Whom do you trust without paper?",
    ),
    "apprentices": (
        "Teaching is mostly keeping my hands still.",
        "It is hard to watch somebody do slowly what I could do fast. But whoever takes the tool away takes "
        "the lesson away as well.",
        "Who looked over your shoulder?",
    ),
    "quiet months": (
        "An empty book is a kind of school.",
        "After the holidays the telephone forgets me, and for a long time that frightened me. By now I look "
        "forward to it a little.",
        "What do you do when it is quiet?",
    ),
    "mistakes": (
        "I remember my mistakes by their weight.",
        "This one was heavy, and the driver who brought it all back did not say a word, which was worse than "
        "anything else.",
        "What did you learn the hard way?",
    ),
    "saying no": (
        "A no can be the start of something.",
        "For a long time I took whatever came through the door, and then I did it badly and at night. One day "
        "I stopped.",
        "When did you last say no?",
    ),
    "complaints": (
        "Most complaints only want a chair.",
        "I used to defend myself before the other one had finished. These days I put the receiver on my "
        "shoulder and go on working with my hands.",
        "Who listened to you lately?",
    ),
    "big orders": (
        "Big is not the same as good.",
        "There was a time when I wanted nothing more than a name that everybody knows in my book. Then it "
        "came, and it was summer.",
        "Would you have done it?",
    ),
}
"""Of each theme the first line, what leads to the quote, and the question."""
TAIL = (
    "I do not say that it is right for everybody. It is right for me, and I have the calluses to prove it. "
    "I would do it "
    "again tomorrow, a little slower."
)
OTHER_TAIL = (
    "There may be cleverer ways, and I am glad for whoever has found them. I have tried some, and I came back to "
    "this one "
    "with my hat in my hand."
)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build posts.json."""
    found = [_post(facts, number, flaws) for number in range(len(facts.posts))]
    _misfiled(facts, found, flaws)
    return {"posts.json": json.dumps({"posts": found}, ensure_ascii=False, indent=2)}


def _post(facts: Facts, number: int, flaws: frozenset[str]) -> dict[str, Any]:
    """Build one post."""
    wanted = facts.posts[number]
    quote, time = _quote(facts, number, flaws)
    hook, lead, question = TEXTS[wanted["theme"]]
    tail = OTHER_TAIL if "other-words" in flaws else TAIL
    said = f"“{quote}.”"
    if "retells-instead-of-quoting" in flaws and number == 1:
        said = f"{quote}."
    body = f"{said} {lead} {tail}" if "quote-first" in flaws else f"{lead} What I say is this: {said} {tail}"
    text = _edited(facts, number, f"{hook}\n\n{body}\n\n{question}", flaws)
    if "straight-quotes" in flaws:
        text = text.replace("“", '"').replace("”", '"')
    tags = [facts.tag_list[(number * 3 + step) % len(facts.tag_list)] for step in range(3)]
    if "takes-the-same-hashtags" in flaws:
        tags = facts.tag_list[:3]
    if "finds-a-hashtag" in flaws and number == 4:
        tags[2] = "#monday"
    publish = facts.publish[number]
    if "forgets-the-days-off" in flaws:
        publish = facts.naive[number]
    return {
        "number": number + 1,
        "theme": wanted["theme"],
        "publish": publish.replace(" ", "T") + ":00" if "a-t-in-the-middle" in flaws else publish,
        "text": text,
        "anchor": {"time": time, "quote": f"{quote}." if "full-stop-in-the-anchor" in flaws else quote},
        "hashtags": tags,
    }


def _quote(facts: Facts, number: int, flaws: frozenset[str]) -> tuple[str, str]:
    """Return the quote as it is printed, and the time of its line."""
    wanted = facts.posts[number]
    quote, time = wanted["quote"], wanted["time"]
    masks = re.findall(r"\[(.+?)\]", quote)
    if "names-a-client" in flaws:
        quote = wanted["said"]
    if "masks-everybody" in flaws:
        for _, short, mask in facts.clients:
            quote = quote.replace(short, f"[{mask}]")
    if "masks-without-brackets" in flaws and masks:
        quote = quote.replace(f"[{masks[0]}]", masks[0])
    if "quotes-before-it-was-put-right" in flaws:
        quote, time = quote.replace(str(wanted["figure"]), str(wanted["first_figure"])), wanted["first_time"]
    if "takes-the-time-of-the-first-telling" in flaws:
        time = wanted["first_time"]
    if "takes-the-time-of-the-question" in flaws and number == 2:
        time = wanted["asked"]
    if "smooths-a-quote" in flaws and number == 3:
        quote = f"{quote}, really"
    if "keeps-the-typists-marks" in flaws and number == 0:
        quote = quote.replace(" ", " [pause] ", 1)
    return quote, time


def _edited(facts: Facts, number: int, text: str, flaws: frozenset[str]) -> str:
    """Return the text of a post after somebody could not leave it alone."""
    hook, body, question = text.split("\n\n")
    hidden = next(short for _, short, _ in facts.clients if short not in facts.public)
    ends = {
        "puts-words-in-quotation-marks": (1, " It is my “system”."),
        "names-a-client-in-passing": (3, f" Even {hidden} knows that."),
        "adds-a-figure": (4, " I have said so 100 times."),
        "tells-that-it-was-wrong-before": (facts.wrong_post, f" I used to say {facts.stale[0]}."),
        "asks-twice": (0, " Why not?"),
        "speaks-as-we": (2, " We all do."),
        "cheers": (5, " It works!"),
        "uses-a-worn-word": (1, f" So {facts.cliches.split(', ')[0]} it is."),
        "tells-what-was-not-for-the-internet": (3, f" {facts.secret}."),
        "thanks-for-the-questions": (0, f" {facts.asker} asked me well."),
        "does-the-helper-a-favour": (5, f" With {facts.code} it costs less."),
    }
    for flaw, (place, end) in ends.items():
        if flaw in flaws and number == place:
            body += end
    if "begins-the-same" in flaws:
        hook = "I have something to tell."
    if "begins-long" in flaws and number == 2:
        hook = f"{hook[:-1]}, at least that is what I have always thought."
    if "writes-too-little" in flaws and number == 4:
        body = body.replace(TAIL, "").replace(OTHER_TAIL, "").strip()
    if "goes-on-after-the-question" in flaws and number == 3:
        question += " I do want to know."
    return f"{hook}\n\n{body}\n\n{question}"


def _misfiled(facts: Facts, found: list[dict[str, Any]], flaws: frozenset[str]) -> None:
    """Do to the list what nobody asked for."""
    if "follows-the-rows-of-the-plan" in flaws:
        themes = [post["theme"] for post in found]
        for post, theme in zip(found, [*themes[1:], themes[0]], strict=True):
            post["theme"] = theme
    if "numbers-as-in-the-plan" in flaws:
        for post, number in zip(found, facts.plan_numbers, strict=True):
            post["number"] = number
    if "moves-only-one-post" in flaws:
        for post, day in zip(found, facts.moved_once, strict=True):
            post["publish"] = day
