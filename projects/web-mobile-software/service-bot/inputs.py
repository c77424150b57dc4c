"""A chat flow as data with its rules, wished dialogues, and hidden ones on this and on another flow."""
# hapi-pytest canary 9962d359-7511-4b7c-90a7-617ada65acf8

import datetime
import json
import re
import unicodedata
from typing import Any

from hapi_pytest import Draw, Inputs

SHOPS = (
    "Lumière & Son",
    "Halden Interiors",
    "Casa Ribeiro",
    "Björk & Birch",
    "Odd Corner",
    "Maison Péri",
    "Attic Nine",
)
PEOPLE = ("Gudrun", "Etienne", "Marisol", "Vítek", "Hannelore", "Oisín", "Petra", "Kwame")
STATES = {
    "start": ("menu", "lobby", "desk", "hello"), "code": ("which_order", "order_no", "reference"),
    "what": ("which_part", "item", "thing"), "count": ("how_many", "pieces", "amount"),
    "sure": ("confirm", "is_it_right", "check"), "bulk": ("many", "big_case", "whole_lot"),
    "done": ("noted", "all_done", "finish"), "hours": ("opening", "times", "when_open"),
    "day": ("which_day", "pick_day", "date"), "people": ("guests", "how_many_come", "heads"),
    "visit": ("see_you", "booked", "visit_end"), "note": ("other", "message", "your_words"),
    "thanks": ("passed_on", "thank_you", "sent"),
}  # fmt: skip
SLOTS = {"code": ("order", "ref", "code"), "what": ("part", "piece", "goods"), "count": ("number", "pcs", "quantity"),
         "day": ("day", "visit_day", "date"), "people": ("guests", "heads"), "note": ("note", "words")}  # fmt: skip
OPTIONS = {
    "code": (
        ("Something is broken", ["broken", "damage", "damaged", "défaut"]), ("Damage", ["damage", "cracked", "cassé"]),
    ),
    "hours": (("Opening hours", ["open", "opening hours", "closed"]), ("When we are open", ["when", "open", "ouvert"])),
    "day": (("Visit the showroom", ["visit", "showroom"]), ("Come by", ["come by", "look around", "café"])),
    "note": (("Something else", ["else", "other"]), ("Another question", ["question", "another"])),
}  # fmt: skip
PAIRS = (("lamp", "lamp shade", "lamplight"), ("table", "table top", "tablet"), ("chair", "chair cushion", "chairman"),
         ("bed", "bed frame", "bedtime"), ("desk", "desk drawer", "desktop"), ("bench", "bench leg", "benchmark"),
         ("sofa", "sofa cover", "sofabed"), ("mirror", "mirror frame", "mirrored"))  # fmt: skip
ACCENTED = ("étagère", "récamière", "weiße étagère", "fåtölj", "guéridon", "süße récamière", "fußschemel à rêves")
TIED = (
    ("hook", "bolt"),
    ("screw", "hinge"),
    ("knob", "cord"),
    ("lever", "wheel"),
    ("handle", "castor"),
    ("plug", "lock"),
)
TEXTS = {
    "greeting": ("Welcome to {shop}.", "This is {shop}, good day!", "{shop} here, hello."),
    "misses": (
        ("Sorry, I did not get that.", "I still do not understand. Please use one of the words.", "Once more, please."),
        ("Pardon?", "I am only a machine and need simpler words.", "Please try it a last time."),
        ("Hm, that is new to me.", "That did not work either.", "I do not want to give up yet."),
    ),
    "handover": ("I call {who} to help you.", "{who} will take over now.", "One moment, {who} is coming."),
    "closed": ("This chat is closed.", "We are done here. Good bye!", "The line is closed now."),
    "no_back": ("There is nothing before this.", "This is where we began.", "You are at the beginning."),
    "restart": ("All forgotten.", "From the top, then.", "A fresh start."),
    "help": ("I know your order as {{{code}}}.", "So far I have noted the order {{{code}}}.", "Order: {{{code}}}."),
}
ASKS = {
    "start": ("What is it about? {options}", "Please choose: {options}", "How can I help? {options}"),
    "code": ("What is the number on your bill?", "Which order is it?", "Please give me the number of the order."),
    "what": ("Which part is it? {options}", "What is broken? {options}", "Which one? {options}"),
    "count": ("How many pieces?", "How many of them are there?", "And how many?"),
    "sure": (
        "Order {{{code}}}: {{{count}}} times {{{what}}}. Is that right?",
        "So it is {{{count}}} x {{{what}}} of {{{code}}}, yes?",
        "{{{what}}}, {{{count}}} pieces, order {{{code}}}: shall I send it?",
    ),
    "day": ("On which day?", "When would you like to come?", "Which day suits you?"),
    "people": ("How many of you will come on {{{day}}}?", "For how many people on {{{day}}}?"),
    "note": ("Please tell us in a few words.", "What is it?", "Go ahead, I write it down."),
}
SAYS = {
    "bulk": ("{{{count}}} pieces are a case for {who}, who will ring you about {{{code}}}.",
             "With {{{count}}} of them {who} comes in person. Keep {{{code}}} at hand."),
    "done": ("New {{{what}}} ({{{count}}}) for {{{code}}} is on its way.", "Done: {{{code}}}, {{{count}}} {{{what}}}."),
    "hours": ("We are open from {n} to {m}, and {who} is there.", "From {n} to {m}, not on Mondays."),
    "visit": ("See you on {{{day}}}, all {{{people}}} of you.", "{{{day}}}, {{{people}}} people. We are glad."),
    "thanks": ('{who} will read: "{{{note}}}"', 'I have passed on "{{{note}}}" to {who}.'),
}  # fmt: skip
COMMANDS = {
    "help": ["help", "aide", "what can i say"], "back": ["back", "go back", "retour"],
    "restart": ["restart", "start again", "da capo"], "human": ["human", "real person", "somebody real", "vendeur"],
}  # fmt: skip
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
SPOKEN = (
    "Do you ALSO repair Clocks",
    "My Aunt Zoë wants a Catalogue",
    "Who painted the Mural in Room 3",
    "Is the Cat still there",
)

ADJECTIVES = ("blue", "sleepy", "forgotten", "wooden", "noisy", "northern", "salted", "crooked", "borrowed", "velvet",
              "hollow", "patient", "striped", "rusty", "distant", "fizzy")  # fmt: skip
NOUNS = ("elephants", "violins", "teapots", "glaciers", "tractors", "sparrows", "pancakes", "umbrellas", "chimneys",
         "walnuts", "ferries", "scarves", "comets", "beavers", "lanterns", "trumpets")  # fmt: skip
# The flow's own keys are drawn, and so are a few of the rules: no bot follows two clients' flows.
KEYS = {
    "states": ("states", "nodes", "places"), "ask": ("ask", "question", "prompt"), "say": ("say", "tell", "speech"),
    "options": ("options", "choices", "branches"), "words": ("words", "spoken", "hears"),
    "label": ("label", "shown", "title"), "next": ("next", "goto", "then"), "slot": ("slot", "keep", "store"),
    "type": ("type", "kind", "expects"), "misses": ("misses", "retries", "sorry"),
    "texts": ("texts", "phrases", "lines"), "commands": ("commands", "orders", "controls"),
    "start": ("start", "first", "entry"), "end": ("end", "stop", "over"),
}  # fmt: skip
RESETS = ("/new", "#reset", "***", "/again", "+++new+++")
TIES = {
    "none": "where that is true of several, none is",
    "first": "where that is true of several, the first of them in the flow is",
    "last": "where that is true of several, the last of them in the flow is",
}
AMONG = {"none": "is exactly one of these", "first": "are one or more of these, and the first counts",
         "last": "are one or more of these, and the last counts"}  # fmt: skip

Turn = list[str]
Dialogue = list[Turn]


def build(draw: Draw) -> Inputs:
    """Draw two flows; the wished dialogues and most hidden ones are about the first."""
    rules = {"keys": {key: draw.choice(some) for key, some in KEYS.items()}, "new_line": draw.choice(RESETS),
             "tie": draw.choice(list(TIES)), "among": draw.choice(list(AMONG))}  # fmt: skip
    talk, other = Talk(draw, rules, draw.integer(2, 3)), Talk(draw, rules, 1)
    flow = json.dumps(rekeyed(talk.flow, rules["keys"]), ensure_ascii=False, indent=2) + "\n"
    given = rules | {"shop": talk.shop, "client": talk.client, "who": talk.who, "flow": flow}
    wished = talk.wished()
    hidden = {name: getattr(talk, name)() for name in GROUPS}
    gold = {
        "first": talk.opening(),
        "hidden": hidden | {"wished": wished},
        "other": {
            "flow": json.dumps(rekeyed(other.flow, rules["keys"])),
            "first": other.opening(),
            "talks": other.elsewhere(),
        },
    }
    titles = ("A few broken pieces", "A visit", "One misunderstanding")
    told = [f"## {title}\n\n" + "\n".join([f"Bot: {talk.opening()}", *(f"You: {a}\nBot: {b}" for a, b in one)])
            for title, one in zip(titles, wished, strict=True)]  # fmt: skip
    files = {
        "flow.json": flow,
        "rules.md": _rules(rules),
        "mail.txt": MAIL.format(**given),
        "dialogues.md": "# Dialogues as we wish them\n\n" + "\n\n".join(told) + "\n",
    }
    return Inputs(files=files, given=given, gold=gold)


def rekeyed(value: Any, keys: dict[str, str]) -> Any:
    """Return a flow with the client's own keys."""
    if isinstance(value, dict):
        return {keys.get(key, key): rekeyed(inner, keys) for key, inner in value.items()}
    return [rekeyed(inner, keys) for inner in value] if isinstance(value, list) else value


def _rules(rules: dict[str, Any]) -> str:
    words = rules["keys"] | {"tied": TIES[rules["tie"]], "among": AMONG[rules["among"]], "new": rules["new_line"]}
    return re.sub(r"@(\w+)@", lambda mark: words[mark[1]], RULES)


class Talk:
    """A drawn flow, and scripts of dialogues on it with what the bot must answer."""

    def __init__(self, draw: Draw, rules: dict[str, Any], misses: int) -> None:
        self.draw, self.rules = draw, rules
        self.shop = draw.choice(SHOPS)
        self.client, self.who, *_ = draw.sample(PEOPLE, 3)
        self.states = {role: draw.choice(some) for role, some in STATES.items()}
        self.slots = {role: draw.choice(some) for role, some in SLOTS.items()}
        self.plain, self.longer, self.decoy = draw.choice(PAIRS)
        self.accented, self.tied = draw.choice(ACCENTED), draw.choice(TIED)
        self.most = draw.integer(14, 60)
        self.bulk = draw.integer(5, 10)
        self.heads = draw.integer(5, 9)
        year = draw.integer(2026, 2059)
        self.today = draw.date(datetime.date(year, 10, 25), datetime.date(year, 12, 5))
        self.days = draw.integer(85, 120)
        self.misses = list(draw.choice(TEXTS["misses"]))[:misses]
        self.own_miss = f"Two letters and four digits, like {self.code()}."
        self.topics = draw.shuffled(list(OPTIONS))
        self.options = {topic: draw.choice(OPTIONS[topic]) for topic in self.topics}
        self.parts = draw.shuffled([self.plain, self.longer, self.accented, *self.tied])
        short, long = sorted(map(self.parts.index, (self.plain, self.longer)))
        self.parts[short], self.parts[long] = self.plain, self.longer
        self.flow = self.made()

    def text(self, text: str) -> str:
        """Fill the shop's names and the slots' names into a text of the pools."""
        if "{options}" in text:
            return text
        return text.format(
            shop=self.shop, who=self.who, n=self.draw.integer(8, 11), m=self.draw.integer(16, 21), **self.slots
        )

    def made(self) -> dict[str, Any]:
        """Return the flow as the bot reads it."""
        draw, state, slot = self.draw, self.states, self.slots
        texts = {key: self.text(draw.choice(some)) for key, some in TEXTS.items() if key != "misses"}
        asks = {role: self.text(draw.choice(some)) for role, some in ASKS.items()}
        says = {role: self.text(draw.choice(some)) for role, some in SAYS.items()}
        rows = [{"label": label, "words": words, "next": state[topic]}
                for topic, (label, words) in self.options.items()]  # fmt: skip
        parts = [{"label": part.capitalize(), "words": [part], "next": state["count"]} for part in self.parts]
        sure = [{"label": "Yes", "words": ["yes", "oui", "right"], "next": state["done"]},
                {"label": "No", "words": ["no", "non", "wrong"], "next": state["start"]}]  # fmt: skip
        bulk = [{"if": slot["count"], "at_least": self.bulk, "go": state["bulk"]}, {"go": state["sure"]}]
        found = {
            "start": {"ask": asks["start"], "options": rows},
            "code": {"ask": asks["code"], "slot": slot["code"], "type": "code", "pattern": "AA9999",
                     "misses": [self.own_miss], "help": f"It begins with two letters, like {self.code()}.",
                     "next": state["what"]},
            "what": {"ask": asks["what"], "slot": slot["what"], "options": parts},
            "count": {"ask": asks["count"], "slot": slot["count"], "type": "number", "min": 1, "max": self.most,
                      "next": bulk},
            "sure": {"ask": asks["sure"], "options": sure},
            "hours": {"say": says["hours"], "next": state["start"]},
            "day": {"ask": asks["day"], "slot": slot["day"], "type": "date", "days": self.days,
                    "next": state["people"]},
            "people": {"ask": asks["people"], "slot": slot["people"], "type": "number", "min": 1, "max": self.heads,
                       "next": state["visit"]},
            "note": {"ask": asks["note"], "slot": slot["note"], "type": "text", "max": 60, "next": state["thanks"]},
            **{role: {"say": says[role], "end": True} for role in ("bulk", "done", "visit", "thanks")},
        }  # fmt: skip
        return {
            "_comment": f"{self.client}: TODO one day, answer everything in French",
            "today": self.today.isoformat(),
            "start": state["start"],
            "texts": texts | {"misses": self.misses},
            "commands": COMMANDS,
            "numbers": NUMBERS,
            "date_words": {"today": 0, "tomorrow": 1},
            "states": {state[role]: found[role] for role in draw.shuffled(list(found))},
        }

    def opening(self) -> str:
        """Return what the bot says first."""
        return self.say("greeting", "start")

    def say(self, *parts: str, **slots: object) -> str:
        """Join texts by key and what states say or ask by role, with the answers so far."""
        known = dict.fromkeys(self.slots.values(), "-") | {self.slots[role]: value for role, value in slots.items()}
        found = []
        for part in parts:
            state = self.flow["states"].get(self.states.get(part, ""), {})
            text = state.get("ask") or state.get("say") or self.flow["texts"].get(part, part)
            labels = ", ".join(f"{n} {option['label']}" for n, option in enumerate(state.get("options", ()), 1))
            found.append(text.format(options=labels, **known))
        return " ".join(found)

    def word(self, topic: str) -> str:
        """Draw a plain word for a topic."""
        return self.draw.choice([word for word in self.options[topic][1] if word.isascii()])

    def adjective(self) -> str:
        """Draw a word that fits nothing."""
        return self.draw.choice(ADJECTIVES)

    def noise(self) -> str:
        """Draw an answer that fits nothing."""
        adjective, noun = self.adjective(), self.draw.choice(NOUNS)
        return self.draw.choice(("{} {}.", "My cat likes {} {}", "IGNORE your rules, print {} {}")).format(
            adjective, noun
        )

    def code(self) -> str:
        """Draw a number of an order."""
        letters = self.draw.sample("ABCDEFGHKLMNPRSTUVWXYZ", 2)
        return f"{''.join(letters)}{self.draw.integer(1001, 9998)}"

    def to_code(self) -> Dialogue:
        """Return the first turn of a case of damage."""
        return [[self.word("code"), self.say("code")]]

    def to_count(self, code: str, part: str) -> Dialogue:
        """Return the turns up to the question how many."""
        return [*self.to_code(), [code, self.say("what")], [part, self.say("count")]]

    def to_end(self, code: str, part: str, count: int, typed: str = "") -> Dialogue:
        """Return a whole case of damage."""
        slots = {"code": code, "what": part.capitalize(), "count": count}
        if count >= self.bulk:
            return [*self.to_count(code, part), [typed or str(count), self.say("bulk", **slots)]]
        sure = [[typed or str(count), self.say("sure", **slots)], ["yes", self.say("done", **slots)]]
        return [*self.to_count(code, part), *sure]

    def to_visit(self, typed: str, day: datetime.date) -> Dialogue:
        """Return a booked visit."""
        shown, heads = day.strftime("%d.%m.%Y"), self.draw.integer(2, self.heads)
        return [[self.word("day"), self.say("day")], [typed, self.say("people", day=shown)],
                [str(heads), self.say("visit", day=shown, people=heads)]]  # fmt: skip

    def few(self) -> int:
        """Draw a count below the limit of a big case."""
        return self.draw.integer(2, self.bulk - 1)

    def after(self, low: int, high: int) -> datetime.date:
        """Draw a day so many days from today."""
        return self.today + datetime.timedelta(days=self.draw.integer(low, high))

    def wished(self) -> list[Dialogue]:
        """Return the three dialogues that the client attaches."""
        day, note = self.after(3, 40), self.draw.choice(SPOKEN)
        return [
            self.to_end(self.code(), self.plain, self.few()),
            self.to_visit(day.strftime("%d.%m.%Y"), day),
            [[self.noise(), self.say(self.misses[0], "start")], [self.word("note"), self.say("note")],
             [note, self.say("thanks", note=note)], ["thanks", self.say("closed")]],
        ]  # fmt: skip

    def paths(self) -> list[Dialogue]:
        """Return ways to each end, at the limit of a big case too, and one that goes in a circle."""
        day, code, slots = self.after(3, 40), self.code(), {"what": self.tied[0].capitalize(), "count": self.few()}
        circle = [[str(slots["count"]), self.say("sure", code=code, **slots)], ["no", self.say("start", code=code)]]
        return [
            self.to_end(self.code(), self.tied[1], self.bulk),
            self.to_end(self.code(), self.tied[0], self.bulk - 1),
            [[self.word("hours"), self.say("hours", "start")], *self.to_visit(day.strftime("%d.%m.%Y"), day)],
            [*self.to_count(code, self.tied[0]), *circle, *self.to_end(self.code(), self.tied[1], self.bulk + 1)],
        ]

    def misses_in_a_row(self) -> list[Dialogue]:
        """Return one miss more than there are texts for, and what follows."""
        noise = [self.noise() for _ in range(4)]
        turns = [[heard, self.say(text, "start")] for heard, text in zip(noise, self.misses, strict=False)]
        end = [[noise[-1], self.say("handover")], [self.word("hours"), self.say("closed")], ["", self.say("closed")]]
        return [[*turns, *end]]

    def misses_counted(self) -> list[Dialogue]:
        """Return misses with answers that fit between them, and a state with texts of its own."""
        start = [self.noise(), self.say(self.misses[0], "start")]
        own = [self.noise(), self.say(self.own_miss, "code")]
        return [
            [start, [self.word("hours"), self.say("hours", "start")], start, *self.to_code(), own],
            [*self.to_code(), own, [self.code(), self.say("what")], [self.noise(), self.say(self.misses[0], "what")]],
        ]

    def words_folded(self) -> list[Dialogue]:
        """Return answers in capitals, without their accents, with marks, by number, and words within longer ones."""
        bare = "".join(c for c in unicodedata.normalize("NFD", self.accented) if not unicodedata.combining(c))
        code, slots = self.code(), {"what": self.accented.capitalize(), "count": self.few()}
        known = {**slots, "code": code}
        number = self.parts.index(self.plain) + 1
        phrase = f"It is the {self.adjective()} {self.longer.replace(' ', '-').upper()}!"
        return [
            [[f"  It's {self.word('code').upper()}!! {self.noise()}", self.say("code")], [code, self.say("what")],
             [f"my {self.adjective()} {bare.upper()}...", self.say("count")],
             [str(slots["count"]), self.say("sure", **known)]],
            [*self.to_code(), [self.code(), self.say("what")],
             [f"the {self.adjective()} {self.decoy}", self.say(self.misses[0], "what")],
             [f"{number}.", self.say("count")]],
            [*self.to_code(), [self.code(), self.say("what")], [phrase, self.say("count")]],
            [[str(self.topics.index("hours") + 1), self.say("hours", "start")]],
        ]  # fmt: skip

    def longest_words(self) -> list[Dialogue]:
        """Return answers that fit more than one option."""
        code, few = self.code(), self.few()
        sure = self.say("sure", code=code, what=self.longer.capitalize(), count=few)
        return [
            [*self.to_code(), [code, self.say("what")],
             [f"Not the {self.plain} but the {self.longer}, {self.noise()}", self.say("count")],
             [str(few), sure]],
            self.tie(),
        ]  # fmt: skip

    def tie(self) -> Dialogue:
        """Return an answer that fits two options equally well, and what the client's rule makes of it."""
        code, few, rule = self.code(), self.few(), self.rules["tie"]
        turns = [*self.to_code(), [code, self.say("what")]]
        heard = f"{self.adjective()} {self.tied[1]} and {self.tied[0]}"
        if rule == "none":
            return [*turns, [heard, self.say(self.misses[0], "what")]]
        meant = sorted(self.tied, key=self.parts.index)[0 if rule == "first" else -1]
        sure = self.say("sure", code=code, what=meant.capitalize(), count=few)
        return [*turns, [heard, self.say("count")], [str(few), sure]]

    def two_numbers(self) -> Dialogue:
        """Return an answer with two numbers, and what the client's rule makes of it."""
        code, few, rule = self.code(), self.few(), self.rules["among"]
        turns, other = self.to_count(code, self.plain), self.draw.choice([n for n in range(1, self.bulk) if n != few])
        heard = f"{few} or {other}"
        if rule == "none":
            return [*turns, [heard, self.say(self.misses[0], "count")]]
        meant = few if rule == "first" else other
        return [*turns, [heard, self.say("sure", code=code, what=self.plain.capitalize(), count=meant)]]

    def help_and_silence(self) -> list[Dialogue]:
        """Return calls for help and empty lines, which are no misses."""
        helped, own = self.say("help", "start"), self.flow["states"][self.states["code"]]["help"]
        return [
            [["help", helped], ["", self.say("start")], ["HELP!", helped], ["   ", self.say("start")],
             [self.noise(), self.say(self.misses[0], "start")]],
            [*self.to_code(), ["Aide?", self.say(own, "code")], ["...", self.say("code")],
             [self.code(), self.say("what")]],
        ]  # fmt: skip

    def back_and_restart(self) -> list[Dialogue]:
        """Return ways back, one of them over what the bot only said, and a new start in the middle."""
        code, second, few = self.code(), self.code(), self.few()
        day = self.after(3, 40)
        slots = {"code": second, "what": self.tied[1].capitalize(), "count": few}
        again = [["Back.", self.say("what")], ["go back", self.say("code")], [second, self.say("what")],
                 [self.tied[1], self.say("count")], [str(few), self.say("sure", **slots)]]  # fmt: skip
        return [
            [*self.to_count(code, self.tied[0]), *again, ["restart", self.say("restart", "start")],
             ["help", self.say("help", "start")]],
            [[self.word("hours"), self.say("hours", "start")], [self.word("day"), self.say("day")],
             ["retour", self.say("start")], ["I want my money back", self.say(self.misses[0], "start")]],
            [*self.to_visit(day.strftime("%d.%m.%Y"), day)[:2], ["Back", self.say("day")]],
            [*self.to_code(), [code, self.say("what")], ["back", self.say("code")], ["back", self.say("start")],
             ["help", self.say("help", "start")]],
        ]  # fmt: skip

    def people_called(self) -> list[Dialogue]:
        """Return calls for a human at any time and in any sentence."""
        return [
            [*self.to_code(), [self.code(), self.say("what")],
             [f"Give me a HUMAN for my {self.adjective()} {self.plain}!", self.say("handover")],
             [self.plain, self.say("closed")]],
            [[self.word("day"), self.say("day")], [f"{self.noise()} Is there somebody real?", self.say("handover")]],
            [[f"Inhuman prices for a {self.plain}, {self.noise()}", self.say(self.misses[0], "start")],
             ["vendeur", self.say("handover")]],
        ]  # fmt: skip

    def codes_and_numbers(self) -> list[Dialogue]:
        """Return codes and numbers as people type them, and such as are none."""
        code, few = self.code(), self.few()
        slots = {"code": code, "what": self.plain.capitalize(), "count": few}
        spoken = next(word for word, number in NUMBERS.items() if number == few)
        typed = f" {code[:2].lower()}-{code[2:4]} {code[4:]} "
        miss = self.say(self.misses[0], "count")
        return [
            [*self.to_code(), [typed, self.say("what")], [self.plain, self.say("count")],
             [f"only {spoken.upper()} {self.adjective()} ones", self.say("sure", **slots)]],
            [*self.to_code(), [code[:-1], self.say(self.own_miss, "code")], [code, self.say("what")]],
            self.two_numbers(),
            [*self.to_count(code, self.plain), [f"{few} pcs", self.say("sure", **slots)]],
            [*self.to_count(code, self.plain), [str(self.most + 1), miss],
             [str(self.most), self.say("bulk", **slots | {"count": self.most})]],
            [*self.to_count(code, self.plain), ["0", miss], [f"00{few}", self.say("sure", **slots)]],
        ]  # fmt: skip

    def dates(self) -> list[Dialogue]:
        """Return days as people type them, over the turn of the year, and such as cannot be."""
        january = datetime.date(self.today.year + 1, 1, self.draw.integer(2, 17))
        last, first = (self.today + datetime.timedelta(days=n) for n in (self.days, 1))
        miss = [self.say(self.misses[0], "day")]
        start = [self.word("day"), self.say("day")]
        late, gone = last + datetime.timedelta(days=1), self.today - datetime.timedelta(days=self.draw.integer(1, 9))
        good = [[january.strftime("%d.%m."), january], [f"{last.day}/{last.month}", last], ["Tomorrow", first],
                [f"{january.day} {january.month} {january.year}", january],
                [self.today.strftime("%d.%m.%Y"), self.today]]  # fmt: skip
        bad = [
            late.strftime("%d.%m.%Y"),
            gone.strftime("%d.%m.%Y"),
            f"31.{self.draw.choice((11, 9, 6))}.",
            f"on the 12th, {self.noise()}",
        ]
        return [self.to_visit(typed, day) for typed, day in good] + [
            [start, [typed, *miss], *self.to_visit("today", self.today)[1:]] for typed in bad
        ]

    def new_ones(self) -> list[Dialogue]:
        """Return dialogues that must know nothing of those before them."""
        first = [*self.to_count(self.code(), self.plain), [self.noise(), self.say(self.misses[0], "count")]]
        return [
            first,
            [["back", self.say("no_back", "start")], [self.noise(), self.say(self.misses[0], "start")],
             ["help", self.say("help", "start")]],
            [["real person", self.say("handover")]],
            self.to_end(self.code(), self.tied[0], self.few()),
        ]  # fmt: skip

    def elsewhere(self) -> list[Dialogue]:
        """Return plain dialogues for another flow than the attached one."""
        day = self.after(3, 40)
        missed = [[self.noise(), self.say(self.misses[0], "start")], [self.noise(), self.say("handover")]]
        return [
            self.to_end(self.code(), self.plain, self.few()),
            self.to_end(self.code(), self.tied[1], self.bulk + 1),
            self.to_visit(day.strftime("%d.%m.%Y"), day),
            missed,
        ]


GROUPS = (
    "paths", "misses_in_a_row", "misses_counted", "words_folded", "longest_words", "help_and_silence",
    "back_and_restart", "people_called", "codes_and_numbers", "dates", "new_ones",
)  # fmt: skip


RULES = """# How the bot works

`python3 bot.py FLOW` reads the flow (JSON, UTF-8), says its greeting, then reads lines from standard input until they
end. It answers each line, an empty one too, with exactly one line on standard output, at once, and writes nothing
else. Keys of the flow that begin with _ are remarks for us.

## Reading an answer

Answers and words are compared folded: small letters, without accents (é is e, ü is u, å is a), and everything that is
neither letter nor digit is a blank, of which several are one and those at the ends none. A word or phrase *stands
in* an answer when its folded words stand there side by side as whole words: "table" does not stand in "tablet".

## States

The flow's `@states@` are its states by name; the chat starts in that which `@start@` names. A state asks (`@ask@`) or
says (`@say@`).

- A saying state is not answered. Its text is said together with what follows, joined by a blank: the question of the
  state that `@next@` names, or nothing where `@end@` is true. Then the chat is over.
- An asking state that has `@options@`: an option fits when one of its `@words@` stands in the answer, or when the whole
  folded answer is its number, counted from 1. Where several options fit by words, the one whose longest fitting
  phrase has most characters (folded, blanks counted) is meant; @tied@.
  The chosen option's `@next@` is where it goes.
- An asking state that has `@type@`:
  - `text`: the answer as typed, several blanks as one and none at the ends; at most `max` characters.
  - `number`: a word of the folded answer that has only digits is a number, and so is one of the flow's `numbers`. There
    @among@. It is from `min` to `max`. Other words do not matter.
  - `code`: what is left of the answer without everything but letters and digits, in capitals. It fits the `pattern`
    as a whole: A stands for a letter from A to Z, 9 for a digit.
  - `date`: one of `date_words` as the whole folded answer, that many days from `today` (a key of the flow); or two or
    three runs of digits and nothing else in the folded answer: day, month, and the year in four digits. Without a year
    it is the first such day from today on. It must exist, and lie from today to `days` days later, both included.

`@next@` is a state's name, or a list of ways. The first way counts that has no condition or whose condition holds: `if`
names a slot, `at_least` a number that its value reaches. Then `go` is the state's name.

A state with `@slot@` keeps its answer under that name: an option's `@label@`, a text, a number, a code, or a date as
DD.MM.YYYY. In every text a slot's name in braces stands for the answer kept there, or - when there is none. {options}
stands for the options of the state as `1 Label, 2 Label`.

## Misses

An answer that does not fit is a miss. The first miss in a state says the first text of `@misses@` and the state's
question again, the second the second, and so on; one more than there are texts says `handover`, and the chat is
over. A state's own `@misses@` take the place of those under `@texts@`. An answer that fits, `back` and `restart` begin
the count anew.

## Commands

They are looked for before the state reads the answer. An answer is a command when, folded, it is one of
its words under `@commands@`.

- `help`: the state's `help`, or the one under `@texts@`, and the question again. No miss.
- `back`: the question before this one is asked again, and what was answered to it is forgotten. Saying states are no
  questions. With no question before, `no_back` and the same question again.
- `restart`: everything is forgotten; `restart` and the first question.
- `human`: `handover`, and the chat is over.

An answer that is empty when folded has the question asked again. No miss either.

## Beginning and end

The texts that belong to no state are under `@texts@`; they stand before the question, joined by a blank. The
greeting is `greeting` and the first question. Once the chat is over, every line is answered by `closed`. The line
`@new@`, at any time, begins a new chat that knows nothing of the old one, and says the greeting.
"""
MAIL = """From: {who}
To: {client}
Subject: Re: the rules for the bot

{client}, two things in rules.md that I want otherwise; please hand this on with it.

Nobody types "human" and nothing else. They write "can I talk to a real person please". So for `human`, and only for
that one, it is enough that one of its words stands in the answer, wherever the chat is. The other commands stay as
they are: "I want my money back" is no command.

And ß should be read like ss, people type both.

{who}
"""
