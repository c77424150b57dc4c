"""The accepted article, and drafts that break a rule."""
# hapi-pytest canary 916e51bd-08fd-4d48-b5d8-8d388cc6010b

import json
import math
import re
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "rewords-a-heading": ("outline-is-kept",),
    "makes-a-list": ("outline-is-kept",),
    "writes-too-much": ("lengths-are-kept",),
    "writes-one-long-paragraph": ("lengths-are-kept",),
    "takes-the-subtotal": ("sections-tell-what-they-have-to",),
    "leaves-the-deadline-vague": ("sections-tell-what-they-have-to",),
    "works-a-share-out": ("figures-stand-beside-their-sources",),
    "names-the-wrong-source": ("figures-stand-beside-their-sources",),
    "believes-the-maker": ("sections-tell-what-they-have-to", "contradictions-are-settled"),
    "tells-both-sides": ("contradictions-are-settled",),
    "takes-the-older-price": ("sections-tell-what-they-have-to", "contradictions-are-settled"),
    "stops-at-the-first-mail": ("sections-tell-what-they-have-to", "contradictions-are-settled"),
    "remembers-the-older-survey": ("contradictions-are-settled",),
    "polishes-the-quote": ("quote-is-as-cleared",),
    "promotes-the-owner": ("quote-is-as-cleared",),
    "forgets-the-phrase": ("search-phrase-is-used",),
    "stuffs-the-phrase": ("search-phrase-is-used",),
    "answers-in-a-word": ("questions-are-answered",),
    "describes-too-briefly": ("website-texts-are-built-right",),
    "keeps-accents-in-the-slug": ("website-texts-are-built-right",),
    "sorts-the-sources": ("sources-are-in-order",),
    "counts-before-the-last-edit": ("words-are-counted",),
    "rounds-minutes-down": ("words-are-counted",),
    "shortens-answers-for-the-website": ("website-repeats-the-answers",),
    "names-the-maker": ("nobody-gets-a-favour",),
    "prints-what-was-not-cleared": ("nobody-gets-a-favour",),
    "writes-a-number-out": ("no-word-that-is-ruled-out",),
    "ends-with-a-phrase": ("no-word-that-is-ruled-out",),
}
EQUIVALENTS: dict[str, str] = {
    "brackets-apart": "[S1][S4] names the same sources as [S1, S4]",
    "brackets-in-the-middle": "the notes want sources named in the paragraph and not at its end",
    "wrapped-lines": "where lines of a paragraph end means nothing in Markdown",
    "emphasis-and-curly-quotes": "how the words are set is ours, and the notes speak of words alone",
    "other-figures-too": "a section may tell more than the outline asks for, if a source has it",
    "commas-in-figures": "a comma in thousands makes it no other figure",
}
ARTICLE = """# {headline}

## {h0}

A {keyword} is the kind of thing that people look at for years before they buy it. It costs money on the day it \
comes, and it gives back time, which nobody sees on a bill. So the question goes round from counter to counter, \
and mostly it is answered by feeling.

It need not be. A laboratory has put {machines} machines through the work of ordinary days, and {all_answered} \
firms have answered a survey of the trade. [S1, S2]{extra} Together they are more than a feeling, and less than \
a promise.

## {h1}

The list price is the part that everybody asks for first: {price} euros at present. \
[{price_source}]{aside} Prices of a \
{keyword} have not stood still, so ask for a date with every offer that you get, and ask what is in the box.

The part that hardly anybody asks for is upkeep. It comes to {upkeep} euros a year, worn parts and a service visit \
included. [S1] Put it beside your rent and it looks small; put it beside a weak January and it does not. Whoever \
plans for it is not surprised by it.

## {h2}

Time is what you buy. In daily work the machines gave back {hours} hours a week on average, and that was \
measured, not guessed. [{hours_source}] How much of it reaches you depends on what your people do with it.{boast}

Those who have one seem to be at peace with it: {all_again} of the firms that answered would buy a {keyword} \
again. [S2]{survey} That says more than any table, because nobody praises a machine that stands in the way all \
day.

## {h3}

No machine is without trouble. Of the firms in the survey, {all_broken} had a breakdown, and a repair takes \
{repair} days. [S2, S4] For a kitchen that is a long time, so keep whatever did the work before in a dry corner \
and do not sell it at once.

Then there are the people. It took {weeks} weeks until they worked with a machine as fast as those who tested \
it. [S1] Plan the start for a quiet month, and let the doubters have the first go, since they will find what \
does not work.

## {h4}

{owner}, {function} of {shop} in {town}, has had a {keyword} for {months} months. [S3] It stands where the bread \
used to stand, and the bread has moved.

Asked about it, {owner} needs no time to think. “{quote},” is the answer, and then there is a guest at the \
counter and the talk is over.

It is not the voice of a laboratory, but it is one from behind the counter.{secret}

## {h5}

Whoever buys in {town} need not pay for it alone. The council bears {share}% of the price, at the most {cap} \
euros for each machine, and takes applications until {until}. [S5] It has changed its mind on that before, so \
ask again before you sign.

The order of things matters. First the application, then the answer, then the purchase; that way round nobody \
has to send anything back. The desk that handles it is used to small firms and to bad handwriting.

## {h6}

### Is it worth it for a very small kitchen?

That depends on how often the work comes up. If it fills an hour a day, a {keyword} will be felt at once. If it \
comes up only at weekends, borrow one before you buy.

### Should I buy a used one?

You can, if somebody shows you when it was last looked after. Ask for the papers of every visit. Without them \
you buy the trouble of somebody else, and no one will take it back.

### What do I tell my people?

Tell them early, and tell them what becomes of the time that is saved. A machine that comes overnight looks like \
a threat. A machine that was talked about looks like help.{cliche}
"""
LONG = " It may also be wise to ask the neighbours, who hear it through the wall and will have a view of their own."


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    text = ARTICLE.format(**_words(facts, flaws))
    text = _edited(facts, text, flaws)
    meta = _meta(facts, text, flaws)
    if "wrapped-lines" in flaws:
        text = re.sub(r"(?<=[a-z]{4}), ", ",\n", text).replace("\n", "\r\n")
    return {"article.md": text, "meta.json": json.dumps(meta, ensure_ascii=False, indent=2)}


def _words(facts: Facts, flaws: frozenset[str]) -> dict[str, Any]:
    """Return what stands in the article's gaps."""
    words = dict(vars(facts)) | dict.fromkeys(("extra", "aside", "boast", "survey", "secret", "cliche"), "")
    if "takes-the-subtotal" in flaws:
        words["all_answered"], words["all_again"] = facts.part_answered, facts.part_again
        words["all_broken"] = facts.part_broken
    changes = {
        "leaves-the-deadline-vague": ("until", "next summer"),
        "believes-the-maker": ("hours", facts.boast),
        "takes-the-older-price": ("price", facts.old_price),
        "promotes-the-owner": ("function", "head"),
        "polishes-the-quote": (
            "quote",
            facts.quote.replace(" it ", " that ", 1).replace(" me ", " us ", 1) + " indeed",
        ),
        "rewords-a-heading": ("h3", f"{facts.h3}, and why"),
        "works-a-share-out": ("survey", f" That is {facts.all_again / facts.all_answered:.1%} of them."),
        "tells-both-sides": ("boast", f" The industry speaks of {facts.boast} hours. [S4]"),
        "remembers-the-older-survey": ("survey", f" Some years ago it was {facts.old_survey[1]}."),
        "prints-what-was-not-cleared": ("secret", f" Off the record it turns out that {facts.hidden}."),
        "names-the-maker": ("aside", f" That is what the {facts.maker} {facts.model} costs."),
        "writes-a-number-out": ("extra", " There are two ways to read them."),
        "ends-with-a-phrase": ("cliche", f" And that is, {facts.cliches.split(', ')[0]}, all."),
        "other-figures-too": ("boast", f" The laboratory looked on for {facts.days_tested} days."),
    }
    for flaw, (gap, word) in changes.items():
        if flaw in flaws:
            words[gap] = str(word) if gap in facts.__dict__ else f"{words[gap]}{word}"
    words["hours_source"] = "S4" if "believes-the-maker" in flaws else "S1"
    words["price_source"] = "S1" if "takes-the-older-price" in flaws else "S4"
    if "stops-at-the-first-mail" in flaws:
        words["cap"], words["until"] = facts.old_cap, facts.old_until
    if "commas-in-figures" in flaws:
        words["price"] = f"{int(words['price']):,}"
    return words


def _edited(facts: Facts, text: str, flaws: frozenset[str]) -> str:
    """Return the article after what was done to it as a whole."""
    if "names-the-wrong-source" in flaws:
        text = text.replace("[S2, S4]", "[S2]")
    if "makes-a-list" in flaws:
        text = text.replace("\nThe list price is", "\n- The list price is").replace("\nThe part", "\n- The part")
    if "writes-too-much" in flaws:
        text = text.replace("behind the counter.", f"behind the counter.{LONG * 2}\n\n{LONG.strip()}")
        text = text.replace(" to bad handwriting.", f" to bad handwriting.{LONG}")
    if "writes-one-long-paragraph" in flaws:
        text = text.replace("and ask what is in the box.\n\n", "and ask what is in the box. ")
    if "forgets-the-phrase" in flaws:
        text = text.replace(f"a {facts.keyword} for ", "one for ").replace(f"buy a {facts.keyword}", "buy one")
    if "stuffs-the-phrase" in flaws:
        text = text.replace("No machine is", f"No {facts.keyword} is").replace("of a machine", f"of a {facts.keyword}")
        text = re.sub("a machine", f"a {facts.keyword}", text, count=4)
    if "answers-in-a-word" in flaws:
        text = re.sub(r"You can, if somebody .*", "You can, and many do.", text)
    if "brackets-apart" in flaws:
        text = re.sub(r"\[(S\d), (S\d)\]", r"[\1][\2]", text)
    if "brackets-in-the-middle" in flaws:
        text = re.sub(r"\. (\[S\d\]) ", r" \1. ", text)
    if "emphasis-and-curly-quotes" in flaws:
        text = text.replace("not guessed", "*not* guessed").replace("Time is", "**Time** is").replace("’", "'")
        text = text.replace("“", '"').replace("”", '"')
    return text


def _meta(facts: Facts, text: str, flaws: frozenset[str]) -> dict[str, Any]:
    """Return the data for the website, counted from the article."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    bare = re.sub(r"\[[S\d, ]+\]", "", " ".join(lines))
    words = len(bare.split())
    sources = list(dict.fromkeys(re.findall(r"S\d", " ".join(re.findall(r"\[[S\d, ]+\]", text)))))
    parts = re.findall(r"### (.+)\n\n(.+)\n", text)
    if "shortens-answers-for-the-website" in flaws:
        parts = [(question, answer.split(". ")[0] + ".") for question, answer in parts]
    description = (
        f"What a {facts.keyword} costs, what it saves and where it hurts: a laboratory, a survey of the trade and "
    )
    description += "an owner who has one."
    slug = facts.slug
    if "keeps-accents-in-the-slug" in flaws:
        slug = f"{facts.keyword.replace(' ', '-')}-{facts.issue}"
    counted = words - 7 if "counts-before-the-last-edit" in flaws else words
    minutes = math.floor if "rounds-minutes-down" in flaws else math.ceil
    return {
        "title": f"Is a {facts.keyword} worth it?",
        "description": description[:90] if "describes-too-briefly" in flaws else description,
        "slug": slug,
        "sources": sorted(sources) if "sorts-the-sources" in flaws else sources,
        "words": counted,
        "minutes": minutes(counted / 200),
        "faq": [{"question": question, "answer": " ".join(answer.split())} for question, answer in parts],
    }
