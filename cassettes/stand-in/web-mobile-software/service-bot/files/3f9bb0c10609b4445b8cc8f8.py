"""A chat that follows a flow: python3 bot.py FLOW."""

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
        self.flow, self.texts = flow, flow["lines"]
        self.begin()

    def begin(self, slots=None, history=None):
        self.slots, self.history, self.misses, self.is_over = slots or {}, history or [], 0, False
        self.name = self.flow["entry"]

    def state(self):
        return self.flow["nodes"][self.name]

    def filled(self, text):
        labels = [option["shown"] for option in self.state().get("branches", ())]
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
        if answer.strip() == '#reset':
            self.begin()
            return self.greeting()
        if self.is_over:
            return self.filled(self.texts["closed"])
        plain, commands = folded(answer), self.flow["orders"]
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
        self.slots.pop(self.state().get("store"), None)
        return self.question()

    def read(self, answer, plain):
        state = self.state()
        try:
            value, following = self.value(state, answer, plain)
        except (LookupError, ValueError, OverflowError):
            return self.missed(state)
        self.misses = 0
        slot = state.get("store")
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
            if state.get("stop"):
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
        if "branches" in state:
            option = self.option(state["branches"], plain)
            return option["shown"], option["next"]
        read = {"text": self.text, "number": self.number, "code": self.code, "date": self.date}[state["kind"]]
        return read(state, answer, plain), state["next"]

    def option(self, options, plain):
        if plain.isdecimal() and 1 <= int(plain) <= len(options):
            return options[int(plain) - 1]
        found = {}
        for index, option in enumerate(options):
            fitting = [len(folded(word)) for word in option["hears"] if stands_in(word, plain)]
            if fitting:
                found[index] = max(fitting)
        longest = max(found.values(), default=0)
        best = [options[index] for index, length in found.items() if length == longest]
        if len(best) != 1:
            raise LookupError("no option fits")
        return best[0]

    def text(self, state, answer, plain):
        text = " ".join(answer.split())
        if len(text) > state["max"]:
            raise ValueError("too long")
        return text

    def number(self, state, answer, plain):
        words = {folded(word): number for word, number in self.flow["numbers"].items()}
        words |= {word: int(word) for word in plain.split() if word.isdecimal()}
        numbers = [words[word] for word in plain.split() if word in words]
        if len(numbers) != 1 or not state["min"] <= numbers[0] <= state["max"]:
            raise ValueError("no number")
        return numbers[0]

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
