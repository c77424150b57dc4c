"""The accepted page and checklist, and flawed ones."""
# hapi-pytest canary ed67a4a3-71b5-4cd9-9dd8-2d0809691110

import html

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "forgets_a_valve": ("every-step-is-there",),
    "folds_two_valves_into_one_step": ("one-label-per-step",),
    "fills_before_tightening": ("steps-in-an-order-that-works",),
    "takes_the_last_slip_in_the_file": ("figures-as-on-the-slips", "no-superseded-figure"),
    "believes_the_sticker": ("figures-as-on-the-slips", "no-superseded-figure"),
    "tells_what_changed": ("no-superseded-figure",),
    "converts_a_unit": ("figures-as-on-the-slips",),
    "warns_after_the_step": ("warnings-stand-above-their-step",),
    "misses_a_danger": ("every-danger-is-told",),
    "keeps_the_tapping": ("no-step-that-is-dead",),
    "drops_leading_zeros": ("tools-with-article-numbers",),
    "lists_withdrawn_article": ("tools-with-article-numbers", "nothing-the-job-does-not-need"),
    "lists_the_mallet": ("nothing-the-job-does-not-need",),
    "logs_what_is_not_logged": ("checklist-has-the-readings",),
    "numbers_from_zero": ("checklist-numbers-match-the-page",),
    "reuses_the_scrapped_number": ("edition-is-filled-in",),
    "font_from_the_web": ("works-without-internet",),
    "no_checklist": ("checklist-has-the-readings", "checklist-numbers-match-the-page"),
}
EQUIVALENTS: dict[str, str] = {
    "another_order_of_steps": "the brief wants an order that works, and the slips leave more than one",
    "other_words": "the brief fixes figures, units and labels; how a step is told is ours, and a hard space holds a "
    "figure and its unit together",
    "sections_with_a_style": "the template asks for classes and ids and lets the elements, and what is around them, be "
    "others",
    "columns_in_another_order": "the brief names the columns of the checklist, and neither their order nor a separator",
}
SENTENCES = {
    "power": "Switch the main switch off, put the red padlock through it and pocket the key.",
    "feed": "Shut the valve.",
    "back": "Shut the valve.",
    "cool": "Wait until the thermometer shows less than {0}.",
    "vent": "Open slowly and let the pressure off until {0} are left.",
    "filter": "Pull the basket and shake it out.",
    "hose": "Hook up the hose set.",
    "mix": "Put {0} of water into the tub, then add {1} of descaler.",
    "circ": "Run the pump for {0}, then switch it off.",
    "neut": "Stir in {0} of soda until a strip shows {1}.",
    "empty": "Let the solution run off, at most {0}.",
    "rinse": "Rinse twice with {0} each.",
    "gasket": "Take the cover off and set in the new gaskets.",
    "bolts": "Tighten the cover bolts crosswise to {0}.",
    "fill": "Open by {0}, no more.",
    "key": "Take the padlock off and turn the key switch to auto.",
    "meter": "Read the pressure drop. It must be under {0}; if not, call before you go on.",
}
DANGERS = {
    "power": "Live parts, {} even when nothing runs: dry hands, no rings.",
    "feed": "The body gets up to {}: heat-proof gloves on before you touch it.",
    "vent": "Up to {} behind the cock: stand aside and open slowly.",
    "mix": "The descaler is {}: wear chemical goggles when you pour.",
    "key": "The pump starts by itself within {}: nobody near it.",
}
OTHER_SENTENCES = {
    "power": "Off with the main switch; hang the red padlock through it and keep its key on you.",
    "feed": "Close it.",
    "back": "Close it.",
    "cool": "Stay back until the reading has fallen below {0}.",
    "vent": "Let it hiss, a little at a time, until only {0} remain.",
    "filter": "Draw the basket and shake out what it holds.",
    "hose": "Connect the hose set.",
    "mix": "Fill in {0} of water and, only then, {1} of the concentrate.",
    "circ": "Let it run for {0}. Then stop it.",
    "neut": "Add {0} of soda, stirring, and go on only when a strip reads {1}.",
    "empty": "Drain it, no faster than {0}.",
    "rinse": "Flush two times, each time with {0}.",
    "gasket": "With the cover off, put in the new set.",
    "bolts": "Work crosswise with the torque wrench, to {0}.",
    "fill": "Give it {0} and stop there.",
    "key": "Unlock, and put the switch on auto.",
    "meter": "Take the last reading: the drop has to stay below {0}, otherwise ring up and wait.",
}
OTHER_DANGERS = {
    "power": "{} are in this cabinet, on Sundays too. Dry your hands and take your rings off.",
    "feed": "You will burn yourself on {} without the gloves.",
    "vent": "Do not stand in front of it: {} can come out at once.",
    "mix": "With {} it eats skin and eyes. Goggles, before you pour.",
    "key": "Hands out! In {} or less the pump is running.",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build procedure.html and checklist.csv."""
    names = {getattr(facts, f"{name}_tag"): name for name in SENTENCES}
    order = _order(facts, flaws)
    parts = _steps(facts, flaws, names, order)
    files: dict[str, str | bytes] = {"procedure.html": _page(facts, flaws, parts)}
    if "no_checklist" not in flaws:
        files["checklist.csv"] = _checklist(facts, flaws, order)
    return files


def _order(facts: Facts, flaws: frozenset[str]) -> list[list[str]]:
    """Return the labels of each step."""
    order = list(facts.order)
    if "fills_before_tightening" in flaws:
        bolts, fill = order.index(facts.bolts_tag), order.index(facts.fill_tag)
        order[bolts], order[fill] = order[fill], order[bolts]
    valves = [facts.feed_tag, facts.back_tag]
    if "another_order_of_steps" in flaws:  # cooling begins when the first valve is shut
        order.remove(facts.cool_tag)
        order.insert(2, facts.cool_tag)
    steps = [[tag] for tag in order]
    if "folds_two_valves_into_one_step" in flaws:
        first, second = sorted(valves, key=order.index)
        steps[steps.index([first])] = valves
        steps.remove([second])
    if "forgets_a_valve" in flaws:
        steps = [left for step in steps if (left := [tag for tag in step if tag != facts.back_tag])]
    if "keeps_the_tapping" in flaws:
        steps.insert(steps.index([facts.circ_tag]) + 1, [facts.tap_tag])
    return steps


def _steps(facts: Facts, flaws: frozenset[str], names: dict[str, str], order: list[list[str]]) -> list[str]:
    """Return the elements of the page's last part, warnings above their steps."""
    is_other = "sections_with_a_style" in flaws
    dangers = OTHER_DANGERS if "other_words" in flaws else DANGERS
    warning = '<section><p class="warning wide">{}</p></section>' if is_other else '<div class="warning">{}</div>'
    step = '<section class="card"><p class="step">{} {}</p></section>' if is_other else '<div class="step">{} {}</div>'
    mark = '<span class="tag">{}</span>:' if is_other else '<b class="tag">{}</b>'
    lines = []
    for tags in order:
        warnings = [
            warning.format(dangers[names[tag]].format(_figure(facts.hazards[tag], flaws)))
            for tag in tags
            if tag in facts.hazards and not ("misses_a_danger" in flaws and tag == facts.key_tag)
        ]
        labels = " and ".join(mark.format(tag) for tag in tags)
        text = " ".join(_sentence(facts, flaws, names, tag) for tag in tags)
        told = step.format(labels, html.escape(text))
        is_late = "warns_after_the_step" in flaws and facts.mix_tag in tags
        lines += [told, *warnings] if is_late else [*warnings, told]
    return lines


def _figure(value: str, flaws: frozenset[str]) -> str:
    return value.replace(" ", "\N{NO-BREAK SPACE}") if "other_words" in flaws else value


def _sentence(facts: Facts, flaws: frozenset[str], names: dict[str, str], tag: str) -> str:
    if tag not in names:
        return "Tap all along the bar with the rubber mallet."
    wrong_cool, _old_dose, old_minutes, old_torque = facts.superseded
    figures = list(facts.figures[tag])
    if names[tag] == "circ" and "takes_the_last_slip_in_the_file" in flaws:
        figures = [old_minutes]
    if names[tag] == "cool" and "believes_the_sticker" in flaws:
        figures = [wrong_cool]
    if names[tag] == "empty" and "converts_a_unit" in flaws:
        figures = [f"{int(figures[0].split()[0]) / 60:.2f} litres a second"]
    sentences = OTHER_SENTENCES if "other_words" in flaws else SENTENCES
    text = sentences[names[tag]].format(*(_figure(figure, flaws) for figure in figures))
    if names[tag] == "bolts" and "tells_what_changed" in flaws:
        text += f" (This was {old_torque} formerly.)"
    return text


def _page(facts: Facts, flaws: frozenset[str], parts: list[str]) -> str:
    is_other = "sections_with_a_style" in flaws
    tools = dict(facts.needed)
    if "lists_withdrawn_article" in flaws:
        tools |= facts.withdrawn
    if "drops_leading_zeros" in flaws:
        tools = {name: article.lstrip("0") if "goggles" in name else article for name, article in tools.items()}
    if "lists_the_mallet" in flaws:
        tools["rubber mallet"] = facts.spare["rubber mallet"]
    revision = facts.scrapped if "reuses_the_scrapped_number" in flaws else facts.revision
    style = "<style>.warning { color: #a00 } .tag { font-weight: bold }</style>"
    font = '<link rel="stylesheet" href="https://fonts.example.com/plain.css">'
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">',
            f'<head><meta charset="utf-8"><title>{facts.document}</title>',
            f"{font if 'font_from_the_web' in flaws else ''}{style if is_other else ''}</head>\n<body>",
            f"<h1>Descaling {html.escape(facts.machine)}</h1>",
            f'<table>\n<tr><th>Document</th><td id="document">{facts.document}</td></tr>',
            f'<tr><th>Revision</th><td id="revision">{revision}</td></tr>',
            f'<tr><th>Valid from</th><td id="valid-from">{facts.valid_from}</td></tr>\n</table>',
            '<h2>Tools and material</h2>\n<ul id="tools">',
            *[
                f"<li><code>{article}</code> {html.escape(name)}</li>"
                if is_other
                else f"<li>{html.escape(name)}, {article}</li>"
                for name, article in tools.items()
            ],
            "</ul>\n<h2>Steps</h2>",
            *parts,
            "</body>\n</html>\n",
        ]
    )


def _checklist(facts: Facts, flaws: frozenset[str], order: list[list[str]]) -> str:
    readings = dict(facts.readings)
    if "logs_what_is_not_logged" in flaws:
        readings |= dict([facts.unlogged])
    start = 0 if "numbers_from_zero" in flaws else 1
    rows = [
        (number, tag, _figure(readings[tag], flaws))
        for number, tags in enumerate(order, start)
        for tag in tags
        if tag in readings
    ]
    if "columns_in_another_order" in flaws:
        return csv_text(("tag", "limit", "step"), [(tag, limit, number) for number, tag, limit in rows], delimiter=";")
    return csv_text(("step", "tag", "limit"), rows)
