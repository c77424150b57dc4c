"""An interview about a ferry as a speech recogniser wrote it down, and the clean transcript behind it."""
# hapi-pytest canary 9494cf44-ac91-4852-baa7-b831329bab10

from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

SOCIETIES = ["Ferrymen's Archive", "River Memory Project", "Landing Stage Museum", "Two Banks History Group"]
PEOPLE = ["Hedvig Bakke", "Jonas Tveit", "Maren Oldfield", "Piers Lockhart", "Agda Norrby", "Tom Wherry", "Ruth Eck"]
PEOPLE += ["Carl Uggla", "Dora Zeller", "Frank Innes", "Gerda Kvist", "Leif Moberg", "Nell Sayer", "Olga Voss"]
THINGS = [f"the {noun}" for noun in (
    "bell", "winch", "tar kettle", "toll box", "spare chain", "tide board", "hay cart", "old capstan", "ice axe",
    "red lantern", "flagpole", "ticket hut", "second anchor", "horse ramp", "rain barrel", "weighbridge", "signal horn",
)]  # fmt: skip
WHO = ["the miller", "my aunt", "the postman", "our priest", "the smith", "the lock keeper", "my cousin", "the vet"]
WHO += ["the schoolmaster", "the tinker", "our neighbour", "the forester", "my uncle", "the baker", "the old captain"]
LOADS = ["wool", "sacks of barley", "geese", "milk churns", "church candles", "roof tiles", "apples", "a blind horse"]
LOADS += ["seed potatoes", "salted fish", "firewood", "bees", "a wedding party", "window glass", "hop poles", "piglets"]
SPOTS = ["behind the inn", "under the willow", "by the slipway", "in the boat shed", "below the chapel", "at the bend"]
SPOTS += ["next to the well", "on the gravel bank", "beside the dyke", "in our kitchen", "above the weir"]
WEATHER = ["the ice came down", "the fog lay on the water", "the river was in flood", "the chain froze", "it thundered"]
WEATHER += ["the wind stood against us", "the mud took the ramp", "it rained for a week", "the frost broke the stage"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "October", "November", "December"]
PLACES = [a + b for a in ("Sel", "Krog", "Mar", "Tin", "Hov", "Brad", "Ulf") for b in ("ness", "holt", "ing", "stead")]
NAMES = [
    ("kyell strip", "Kjelstrup"), ("war shore", "Warshaw"), ("peter sun", "Pettersson"), ("oh lee and a", "Oleanna"),
    ("bird a lee", "Birdalee"), ("sank thorn", "Sankthorn"), ("mac can dish", "McCandish"), ("goose tough", "Gustov"),
    ("hook stray", "Hoekstra"), ("vander lay", "Vanderlee"), ("shy knee", "Shayni"), ("crow foot", "Crowfoote"),
]  # fmt: skip
KEYS = ["accordion", "piano", "telegram", "goat", "lighthouse", "coffin", "parrot", "bicycle", "gramophone", "hatstand"]
KEYS += ["beehive", "cannon", "harmonium", "sledge", "typewriter", "swan", "mirror", "cradle", "billiard table"]
PLAIN = [
    "{thing} stood {spot} as long as I can remember.",
    "{who} came down to the water every {day} with {load}.",
    "You could hear {thing} as far as {place} when the wind was right.",
    "{who} never trusted {thing}, not even in {month}.",
    "My father repaired {thing} {spot} before the season began.",
    "From {place} they sent {load} down, and we took it over.",
    "Nobody crossed when {weather}, and {who} least of all.",
    "The children from {place} rode free if they helped with {load}.",
    "When {weather} we slept {spot} and waited.",
    "There was a quarrel about {thing} between {who} and the people of {place}.",
    "On {day} the ferry was full of {load}, and you smelt it all week.",
    "I learned to steer from {who}, who had learned it at {place}.",
    "They wanted to build a bridge at {place}, but {who} was against it.",
    "{thing} came from a yard near {place} that is long gone.",
]
QUESTIONS = ["Can you tell me more about {thing}?", "What happened at {place} when {weather}?"]
QUESTIONS += [
    "How did {load} get to {place}?",
    "What did people say about {thing}?",
    "Who looked after {thing} in {month}?",
]
KEYED = [
    "We once took the {key} across, and {who} held on to it the whole way.",
    "The {key} was meant for {place}, but it stayed {spot} until {month}.",
    "I remember the {key} because {who} cried when {weather}.",
]
KNOWING = ["You know {who} from the photograph {spot}.", "Do you know {place}, where {thing} came from?"]
KNOWING += ["What I mean is that {thing} belonged to {place}.", "I mean {who} who lived {spot}, not the other one."]
EMPHATIC = ["It was a long, long way to {place} with {load}.", "It was very, very quiet {spot} when {weather}."]
DIALECT = ["We was never late with {load}, whatever {who} says.", "Them ropes {spot} was older than {who}."]
DIALECT += ["It weren't {who} that broke {thing}.", "They don't come from {place} no more with {load}."]
SMALL = ["We had {x} ropes {spot} and none to spare.", "On {day} {who} made {x} crossings before breakfast."]
BIG = ["There were {x} carts waiting {spot} on {day}.", "In {month} {who} counted {x} people from {place}."]
YEARS = ["That was in {x}, when {weather}.", "I know that {who} left {place} in {x}."]
NAMED = ["It was {x} who painted {thing}.", "We bought {thing} from {x} in {month}.", "On {day} {x} came with {load}."]
ABOUT = [
    "And what about the {key}?",
    "Somebody told me to ask about the {key}.",
    "Is it true what they say about the {key}?",
]
TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ONES = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NOISES, LISTENING = ["[coughs]", "[door]", "[phone rings]"], ["Mm-hm.", "Right.", "I see."]

Record = dict[str, Any]
"""A sentence with `raw`, what was recognised, `clean`, what is printed, and `tag`; or a turn; or a piece of one."""


class Talk:
    """Draws sentences of which no two are the same."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.places = draw.sample(PLACES, 11)
        self._said: list[str] = []

    def say(self, *templates: str, **slots: str) -> str:
        """Fill a template; the first letter is a capital."""
        pools = {"thing": THINGS, "who": WHO, "load": LOADS, "spot": SPOTS, "weather": WEATHER, "day": DAYS}
        pools |= {"month": MONTHS, "place": self.places[2:]}
        text = ""
        while not text or text in self._said:
            filled = {name: self.draw.choice(pool) for name, pool in pools.items()} | slots
            text = self.draw.choice(templates).format(**filled)
        self._said.append(text)
        return text[0].upper() + text[1:]

    def plain(self, *templates: str, tag: str = "plain", **slots: str) -> Record:
        """A sentence that is printed as it was said."""
        text = self.say(*(templates or PLAIN), **slots)
        return {"raw": text, "clean": text, "tag": tag}

    def filled(self, *templates: str, **slots: str) -> Record:
        """A sentence with two fillers."""
        text = self.say(*(templates or PLAIN), **slots)
        words = text.split()
        for place in self.draw.sample(range(1, len(words) - 1), 2):
            filler = self.draw.choice(("um", "uh", "er", "erm", "you know", "I mean"))
            words[place] = f"{words[place].rstrip(',')}, {filler},"
        return {"raw": " ".join(words), "clean": text, "tag": "filler"}

    def stumbled(self) -> Record:
        """A sentence with a word or two said twice."""
        text = self.say(*PLAIN)
        words = text.split()
        count = self.draw.integer(1, 2)
        starts = [i for i in range(1, len(words) - count) if all(word.isalpha() for word in words[i : i + count])]
        place = self.draw.choice(starts)
        return {"raw": " ".join([*words[: place + count], "-", *words[place:]]), "clean": text, "tag": "stumble"}

    def counted(self, *templates: str, raw: str, clean: str) -> Record:
        """A sentence with a number or a name that the recogniser writes in another way."""
        text = self.say(*templates, x="{x}")
        return {"raw": text.replace("{x}", raw), "clean": text.replace("{x}", clean), "tag": "number"}

    def bracketed(self, mark: str) -> Record:
        """A sentence with something in square brackets."""
        words = self.say(*PLAIN).split()
        place = self.draw.integer(2, len(words) - 2)
        raw = [*words[:place], mark, *words[place + (mark == "[inaudible]") :]]
        clean = [word for word in raw if word not in NOISES]
        return {"raw": " ".join(raw), "clean": " ".join(clean), "tag": "bracket"}


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    talk = Talk(draw)
    keys, cast, names = draw.sample(KEYS, 6), _cast(draw), draw.sample(NAMES, 5)
    turns = _turns(draw, talk, keys, _specials(draw, talk, names, keys, cast[0][1].split()[0]))
    half = next(i for i in range(len(turns) // 2, len(turns)) if turns[i]["speaker"] == "asker")
    parts = [_pieces(draw, turns[:half], 0), _pieces(draw, turns[half:], half)]
    length = parts[0][-1]["start"] // 1000 + draw.integer(12, 60)
    withheld = [piece["start"] // 1000 for piece in parts[1] if piece["tag"] == "withheld"]
    notes = {"length": f"{length // 60} minutes and {length % 60} seconds", "first": withheld[0], "last": withheld[-1]}
    given = {"society": draw.choice(SOCIETIES), "asker": cast[0][1], "guest": cast[1][1], "third": cast[2][1]}
    given |= {"initials": dict(zip(("asker", "guest", "third"), (row[0] for row in cast), strict=False))}
    given |= {"place": talk.places[2], "known_name": names[0][1], "late_word": keys[0], "keys": draw.shuffled(keys)}
    files = {
        "part-1.vtt": _captions(draw, parts[0]),
        "part-2.txt": _listing(parts[1]),
        "cast.csv": csv_text(("initials", "name", "who"), cast),
        "names.csv": csv_text(("the recogniser writes", "right"), names),
        "wanted-quotes.csv": csv_text(("topic", "word"), [(f"Q{i}", key) for i, key in enumerate(given["keys"], 1)]),
        "notes.docx": _notes(given, notes),
    }
    return Inputs(files=files, given=given, gold=_gold(turns, parts, half, length, given["keys"]))


def _cast(draw: Draw) -> list[tuple[str, str, str]]:
    """The people of the recording and one who is not on it, all with different initials."""
    by_initials = {"".join(part[0] for part in name.split()): name for name in draw.shuffled(PEOPLE)}
    roles = ("asks the questions", "used to run the ferry", "grandchild, comes in twice", "chair, not on the recording")
    return [(initials, name, who) for (initials, name), who in zip(by_initials.items(), roles, strict=False)]


def _spoken(number: int) -> str:
    """Write a number from 13 to 99 as the recogniser does."""
    return TEENS[number - 13] if number < 20 else f"{TENS[number // 10 - 2]}-{ONES[number % 10]}".removesuffix("-")


def _specials(draw: Draw, talk: Talk, names: list[Any], keys: list[str], asker: str) -> list[Record]:
    """Everything that the guest says and that the style sheet has something to say about."""
    found = [talk.filled() for _ in range(11)] + [talk.stumbled() for _ in range(6)]
    found += [talk.plain(template, tag="knowing") for template in draw.sample(KNOWING, 3)]
    found += [talk.plain(template, tag="emphatic") for template in EMPHATIC]
    found += [talk.plain(template, tag="own") for template in (*DIALECT, DIALECT[0])]
    for _ in range(2):
        one, other = draw.sample(MONTHS, 2)
        found.append(talk.plain("It was in {a}, no, in {b}, that {who} sold {thing}.", tag="own", a=one, b=other))
    found.append(talk.plain("Oh, do not put that in, {name}, they will laugh at {place}.", tag="own", name=asker))
    for number in (*draw.sample(range(2, 12), 2), 12):
        found.append(talk.counted(*SMALL, raw=str(number), clean=ONES[number]))
    for number in (*draw.sample(range(21, 100), 3), 13):
        found.append(talk.counted(*BIG, raw=_spoken(number), clean=str(number)))
    for number in draw.sample(range(21, 70), 3):
        found.append(talk.counted(*YEARS, raw=f"nineteen {_spoken(number)}", clean=f"19{number}"))
    for heard, right in names * 2:
        found.append(talk.counted(*NAMED, raw=heard, clean=right) | {"tag": "name"})
    found += [talk.bracketed(mark) for mark in (*["[inaudible]"] * 3, *NOISES, NOISES[0])]
    found += [talk.plain("They came from [{a}?] with {load}.", tag="bracket", a=place) for place in talk.places[:2]]
    for text in (talk.plain()["raw"], talk.plain()["raw"]):
        found.append({"raw": f"{text} [laughs]", "clean": f"{text} [laughs]", "tag": "bracket"})
    found += [talk.filled(*KEYED, key=key) | {"tag": "again"} for key in keys[:2]]
    return found


def _turns(draw: Draw, talk: Talk, keys: list[str], specials: list[Record]) -> list[Record]:
    """Question and answer by turns; each turn begins with a sentence in which nothing is to be done."""
    later = [each for each in specials if each["tag"] == "again"]
    others = draw.shuffled([each for each in specials if each["tag"] != "again"])
    turns: list[Record] = []
    for index in range(23):
        key = dict(zip((1, 4, 8, 13, 16, 19), keys, strict=True)).get(index, "")
        turns.append({"speaker": "asker", "said": [talk.plain(*(ABOUT if key else QUESTIONS), key=key)]})
        said = [talk.plain()]
        if key == keys[5]:
            secret = [talk.plain(*each, tag="withheld", key=key) for each in ((), KEYED, ())]
            said += [*secret, talk.plain()]
        elif key:
            said += [talk.filled(*KEYED, key=key) | {"tag": "keyed"}, talk.plain()]
        said += [others.pop() for _ in range(min(len(others), 3 if index % 5 else 2))]
        said += [later.pop()] if later and index > 19 else []
        turns.append({"speaker": "guest", "said": said})
        if index in (6, 17):
            turns.append({"speaker": "third", "said": [talk.plain()]})
            turns.append({"speaker": "guest", "said": [talk.plain(), *others[-2:]]})
            del others[-2:]
    turns[-1]["said"] += others
    return turns


def _pieces(draw: Draw, turns: list[Record], first: int) -> list[Record]:
    """Chop turns into pieces with their start in milliseconds; the asker listens aloud in between."""
    pieces, clock = [], draw.integer(2_000, 9_000)
    for number, turn in enumerate(turns, first):
        for index, sentence in enumerate(turn["said"]):
            words = sentence["raw"].split()
            cut = len(words) // 2 if index and len(words) > 9 and draw.chance(0.35) else len(words)
            texts = [" ".join(words[:cut]), " ".join(words[cut:])]
            spoken = [(turn["speaker"], text, sentence["tag"]) for text in texts if text]
            if turn["speaker"] == "guest" and 0 < index < len(turn["said"]) - 1 and draw.chance(0.2):
                spoken.append(("asker", draw.choice(LISTENING), "listening"))
            for speaker, text, tag in spoken:
                pieces.append({"speaker": speaker, "text": text, "tag": tag, "start": clock, "turn": number})
                clock += 460 * len(text.split()) + draw.integer(700, 5_200)
    return pieces


def _captions(draw: Draw, pieces: list[Record]) -> str:
    """Write the first part as captions."""
    labels = {"asker": "S1", "guest": "S2", "third": "S3"}
    blocks = ["WEBVTT"]
    for piece in pieces:
        end = piece["start"] + 430 * len(piece["text"].split()) + draw.integer(0, 600)
        times = [f"00:{each // 60_000:02d}:{each // 1000 % 60:02d}.{each % 1000:03d}" for each in (piece["start"], end)]
        blocks.append(f"{' --> '.join(times)}\n<v {labels[piece['speaker']]}>{piece['text']}")
    return "\n\n".join(blocks) + "\n"


def _listing(pieces: list[Record]) -> str:
    """Write the second part as plain lines, with the first two speakers the wrong way round."""
    labels = {"asker": "S2", "guest": "S1", "third": "S3"}
    rows = [(piece["start"] // 1000, labels[piece["speaker"]], piece["text"]) for piece in pieces]
    return "".join(f"{start // 60}:{start % 60:02d}\t{label}\t{text}\n" for start, label, text in rows)


def _notes(given: Record, notes: Record) -> bytes:
    """Write what the interviewer noted down afterwards."""
    import docx

    first, last = (f"{notes[key] // 60}:{notes[key] % 60:02d}" for key in ("first", "last"))
    document = docx.Document()
    document.add_heading(f"Notes on the recording with {given['guest']}", 1)
    for text in (
        f"We had to change the card. Part 1 is exactly {notes['length']} long, part 2 begins at zero again. In the "
        "transcript the times run on: what is said at zero in part 2 is said when part 1 ends.",
        f"In part 1 S1 is {given['asker']} and S2 is {given['guest']}. In part 2 the recogniser has it the other way "
        f"round. S3 is {given['third']} in both.",
        f"Withheld by agreement: in part 2 everything from the piece that starts at {first} to the piece that starts "
        f"at {last}, both included. This is the only passage.",
    ):
        document.add_paragraph(text)
    return office_bytes(document)


def _gold(turns: list[Record], parts: list[list[Record]], half: int, length: int, keys: list[str]) -> Record:
    """Lay down the turns with speaker, start in seconds and sentences, and the quotes that are wanted."""
    starts: dict[int, int] = {}
    for part, offset in zip(parts, (0, length), strict=True):
        for piece in part:
            starts.setdefault(piece["turn"], offset + piece["start"] // 1000)
    told = [{**turn, "start": starts[number]} for number, turn in enumerate(turns)]
    said = [(turn, each) for turn in told for each in turn["said"] if each["tag"] in ("keyed", "again", "withheld")]
    quotes, withheld = [], 0
    for number, key in enumerate(keys, 1):
        keyed = [(turn, each) for turn, each in said if key in each["clean"]]
        turn, first = keyed[0]
        quote = {"topic": f"Q{number}", "start": turn["start"], "text": first["clean"]}
        if first["tag"] == "withheld":
            withheld = number
        else:
            quotes.append(quote | {"later": keyed[-1][1]["clean"]})
    gold = {"turns": told, "half": half, "length": length, "quotes": quotes, "withheld_topic": f"Q{withheld}"}
    return gold | {"pieces": parts[0] + parts[1]}
