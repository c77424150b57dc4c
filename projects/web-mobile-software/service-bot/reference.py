"""The accepted bot, and slips that a hasty programmer makes in it."""
# hapi-pytest canary 9962d359-7511-4b7c-90a7-617ada65acf8

import re

from hapi_pytest import Facts

EVERYTHING = (
    "wished-dialogues", "ways-through-the-flow", "misses-in-a-row", "misses-counted-anew", "words-are-found",
    "longest-phrase-is-meant", "help-is-no-miss", "back-and-restart", "human-is-heard-anywhere", "codes-and-numbers",
    "dates-are-read", "new-chat-is-new", "other-flow-is-followed",
)  # fmt: skip
FLAWS: dict[str, tuple[str, ...]] = {
    "notes-in-small-letters": ("wished-dialogues",),
    "over-for-at-least": ("ways-through-the-flow",),
    "one-text-for-all-misses": ("misses-in-a-row",),
    "empty-line-after-the-end": ("misses-in-a-row",),
    "misses-never-forgiven": ("misses-counted-anew",),
    "own-misses-overlooked": ("misses-counted-anew", "codes-and-numbers"),
    "accents-minded": ("words-are-found",),
    "words-inside-words": ("words-are-found",),
    "first-option-that-fits": ("longest-phrase-is-meant",),
    "equals-by-another-rule": ("longest-phrase-is-meant",),
    "help-counted-as-a-miss": ("help-is-no-miss",),
    "silence-counted-as-a-miss": ("help-is-no-miss",),
    "answer-kept-on-the-way-back": ("back-and-restart",),
    "commands-in-any-sentence": ("back-and-restart",),
    "restart-keeps-answers": ("back-and-restart",),
    "mail-unread": ("human-is-heard-anywhere",),
    "two-numbers-by-another-rule": ("codes-and-numbers",),
    "code-as-typed": ("codes-and-numbers",),
    "always-this-year": ("dates-are-read",),
    "last-day-left-out": ("dates-are-read",),
    "history-survives": ("new-chat-is-new",),
    "flow-built-in": ("other-flow-is-followed",),
    "lines-held-back": ("lines-come-at-once",),
    "prompt-before-each-answer": EVERYTHING,
}
EQUIVALENTS: dict[str, str] = {
    "answers-from-functions": "the brief asks for one file and the standard library, and for no structure inside",
    "written-by-hand": "the rules ask for one line at once, not for print",
    "saved-on-windows": "Python reads a program with Windows line ends and a byte-order mark like any other",
    "blanks-at-the-end": "the page compares what stands in a line; a blank behind it is nothing to read",
}
EDITS: dict[str, tuple[str, str]] = {
    "notes-in-small-letters": ('" ".join(answer.split())', '" ".join(answer.lower().split())'),
    "over-for-at-least": (">= entry[", "> entry["),
    "one-text-for-all-misses": ("texts[self.misses - 1]", "texts[0]"),
    "empty-line-after-the-end": ("        if self.is_over:", "        if self.is_over and answer.strip():"),
    "misses-never-forgiven": ("        self.misses = 0\n        slot", "        slot"),
    "own-misses-overlooked": ('state.get("misses", self.texts["misses"])', 'self.texts["misses"]'),
    "accents-minded": ('unicodedata.normalize("NFD", ', "("),
    "words-inside-words": (
        'for word in option["words"] if stands_in(word, plain)',
        'for word in option["words"] if word in plain',
    ),
    "first-option-that-fits": ("longest = max(found.values(), default=0)", "longest = next(iter(found.values()), 0)"),
    "help-counted-as-a-miss": ("            text = state", "            self.misses += 1\n            text = state"),
    "silence-counted-as-a-miss": ("        if not plain:\n            return self.question()\n", ""),
    "answer-kept-on-the-way-back": ('        self.slots.pop(self.state().get("slot"), None)\n', ""),
    "commands-in-any-sentence": ("if plain in words:", "if any(stands_in(word, plain) for word in words):"),
    "restart-keeps-answers": (
        "            self.begin()\n            return self.question",
        "            self.begin(self.slots)\n            return self.question",
    ),
    "mail-unread": (
        'any(stands_in(word, plain) for word in commands["human"])',
        'plain in map(folded, commands["human"])',
    ),
    "code-as-typed": ('re.sub(r"[^A-Z0-9]", "", answer.upper())', "answer.strip()"),
    "always-this-year": ("        if len(parts) == 2 and day < today:", "        if False:"),
    "last-day-left-out": ('<= state["days"]', '< state["days"]'),
    "history-survives": (
        "            self.begin()\n            return self.greeting()",
        "            self.begin(history=self.history)\n            return self.greeting()",
    ),
    "prompt-before-each-answer": ("        print(answered, flush=True)", '        print("> " + answered, flush=True)'),
    "lines-held-back": (", flush=True)", ")"),
    "written-by-hand": (
        "        print(answered, flush=True)",
        '        sys.stdout.write(answered + "\\n")\n        sys.stdout.flush()',
    ),
    "blanks-at-the-end": ("        print(answered, flush=True)", '        print(answered, "", flush=True)'),
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write the bot."""
    program = PROGRAM
    if "answers-from-functions" in flaws:
        program = program.replace(*LOOP)
    edits = sorted(flaws & EDITS.keys(), key=list(EDITS).index)
    for flaw in edits:
        program = program.replace(*EDITS[flaw])
    program = _settled(program, facts, flaws)
    if "flow-built-in" in flaws:
        program = program.replace("json.load(file)", "json.loads(FLOW)").replace(
            "\n\n\ndef folded", f"\n\nFLOW = {facts.flow!r}\n\n\ndef folded", 1
        )
    if "saved-on-windows" in flaws:
        program = "\ufeff" + program.replace("\n", "\r\n")
    return {"bot.py": program}


def _settled(program: str, facts: Facts, flaws: frozenset[str]) -> str:
    """Put the client's keys and rules into the program."""
    tie = OTHER_RULE[facts.tie] if "equals-by-another-rule" in flaws else facts.tie
    among = OTHER_RULE[facts.among] if "two-numbers-by-another-rule" in flaws else facts.among
    settings = {
        "@TIED@": TESTS[tie].format("best"), "@BEST@": PLACES[tie],
        "@MANY@": TESTS[among].format("numbers"), "@NUMBER@": PLACES[among], "@NEW@": repr(facts.new_line),
    }  # fmt: skip
    for mark, text in settings.items():
        program = program.replace(mark, text)
    return re.sub(r'"(\w+)"', lambda name: f'"{facts.keys.get(name[1], name[1])}"', program)


OTHER_RULE = {"none": "first", "first": "last", "last": "none"}
TESTS = {"none": "len({}) != 1", "first": "not {}", "last": "not {}"}
PLACES = {"none": "0", "first": "0", "last": "-1"}
LOOP = (
    "    for line in sys.stdin:\n        answered = chat.answer(line)\n",
    '    lines = iter(sys.stdin.readline, "")\n    for answered in map(chat.answer, lines):\n',
)
PROGRAM = r'''"""A chat that follows a flow: python3 bot.py FLOW."""

import datetime
import json
import re
import sys
import unicodedata


def folded(text):
    """Small letters and digits without accents, with single blanks between words."""
    text = unicodedata.normalize("NFD", text.casefold())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in text).split())


def stands_in(phrase, answer):
    """Whether a phrase stands in a folded answer as whole words."""
    return f" {folded(phrase)} " in f" {answer} "


class Chat:
    def __init__(self, flow):
        self.flow, self.texts = flow, flow["texts"]
        self.begin()

    def begin(self, slots=None, history=None):
        self.slots, self.history, self.misses, self.is_over = slots or {}, history or [], 0, False
        self.name = self.flow["start"]

    def state(self):
        return self.flow["states"][self.name]

    def filled(self, text):
        labels = [option["label"] for option in self.state().get("options", ())]
        options = ", ".join(f"{number} {label}" for number, label in enumerate(labels, 1))
        return re.sub(
            r"\{(\w+)\}", lambda mark: options if mark[0] == "{options}" else str(self.slots.get(mark[1], "-")), text
        )

    def question(self, *before):
        return " ".join(self.filled(text) for text in (*before, self.state()["ask"]))

    def greeting(self):
        return self.question(self.texts["greeting"])

    def handover(self):
        self.is_over = True
        return self.filled(self.texts["handover"])

    def answer(self, answer):
        if answer.strip() == @NEW@:
            self.begin()
            return self.greeting()
        if self.is_over:
            return self.filled(self.texts["closed"])
        plain, commands = folded(answer), self.flow["commands"]
        if any(stands_in(word, plain) for word in commands["human"]):
            return self.handover()
        for name in ("help", "back", "restart"):
            words = [folded(word) for word in commands[name]]
            if plain in words:
                return self.obey(name)
        if not plain:
            return self.question()
        return self.read(answer, plain)

    def obey(self, name):
        state = self.state()
        if name == "help":
            text = state.get("help", self.texts["help"])
            return self.question(text)
        self.misses = 0
        if name == "restart":
            self.begin()
            return self.question(self.texts["restart"])
        if not self.history:
            return self.question(self.texts["no_back"])
        self.name = self.history.pop()
        self.slots.pop(self.state().get("slot"), None)
        return self.question()

    def read(self, answer, plain):
        state = self.state()
        try:
            value, following = self.value(state, answer, plain)
        except (LookupError, ValueError, OverflowError):
            return self.missed(state)
        self.misses = 0
        slot = state.get("slot")
        if slot:
            self.slots[slot] = value
        self.history.append(self.name)
        return self.go(following)

    def missed(self, state):
        self.misses += 1
        texts = state.get("misses", self.texts["misses"])
        if self.misses > len(texts):
            return self.handover()
        return self.question(texts[self.misses - 1])

    def go(self, following):
        said = []
        while True:
            self.name = self.chosen(following)
            state = self.state()
            if "ask" in state:
                return self.question(*said)
            said.append(state["say"])
            if state.get("end"):
                self.is_over = True
                return " ".join(self.filled(text) for text in said)
            following = state["next"]

    def chosen(self, following):
        if isinstance(following, str):
            return following
        for entry in following:
            if "if" not in entry or self.slots.get(entry["if"], 0) >= entry["at_least"]:
                return entry["go"]
        raise LookupError("no way on")

    def value(self, state, answer, plain):
        if "options" in state:
            option = self.option(state["options"], plain)
            return option["label"], option["next"]
        read = {"text": self.text, "number": self.number, "code": self.code, "date": self.date}[state["type"]]
        return read(state, answer, plain), state["next"]

    def option(self, options, plain):
        if plain.isdecimal() and 1 <= int(plain) <= len(options):
            return options[int(plain) - 1]
        found = {}
        for index, option in enumerate(options):
            fitting = [len(folded(word)) for word in option["words"] if stands_in(word, plain)]
            if fitting:
                found[index] = max(fitting)
        longest = max(found.values(), default=0)
        best = [options[index] for index, length in found.items() if length == longest]
        if @TIED@:
            raise LookupError("no option fits")
        return best[@BEST@]

    def text(self, state, answer, plain):
        text = " ".join(answer.split())
        if len(text) > state["max"]:
            raise ValueError("too long")
        return text

    def number(self, state, answer, plain):
        words = {folded(word): number for word, number in self.flow["numbers"].items()}
        words |= {word: int(word) for word in plain.split() if word.isdecimal()}
        numbers = [words[word] for word in plain.split() if word in words]
        if @MANY@ or not state["min"] <= numbers[@NUMBER@] <= state["max"]:
            raise ValueError("no number")
        return numbers[@NUMBER@]

    def code(self, state, answer, plain):
        code = re.sub(r"[^A-Z0-9]", "", answer.upper())
        pattern = state["pattern"].replace("9", "[0-9]").replace("A", "[A-Z]")
        if not re.fullmatch(pattern, code):
            raise ValueError("no code")
        return code

    def date(self, state, answer, plain):
        today = datetime.date.fromisoformat(self.flow["today"])
        for word, days in self.flow["date_words"].items():
            if plain == folded(word):
                return f"{today + datetime.timedelta(days=days):%d.%m.%Y}"
        parts = plain.split()
        if not 2 <= len(parts) <= 3 or not all(part.isdecimal() for part in parts):
            raise ValueError("no date")
        if len(parts) == 3 and len(parts[2]) != 4:
            raise ValueError("no year")
        day = datetime.date(int(parts[2]) if len(parts) == 3 else today.year, int(parts[1]), int(parts[0]))
        if len(parts) == 2 and day < today:
            day = day.replace(year=day.year + 1)
        if not 0 <= (day - today).days <= state["days"]:
            raise ValueError("out of reach")
        return f"{day:%d.%m.%Y}"


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    with open(sys.argv[1], encoding="utf-8") as file:
        chat = Chat(json.load(file))
    print(chat.greeting(), flush=True)
    for line in sys.stdin:
        answered = chat.answer(line)
        print(answered, flush=True)


main()
'''
