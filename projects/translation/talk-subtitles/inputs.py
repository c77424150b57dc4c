"""A talk as a caption robot heard it, the festival's style sheet and the list of names."""
# hapi-pytest canary afa7c8d5-50d0-46a1-8f2e-8e3f42a55d20

import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FESTIVALS = ("Lampyre", "Nuits du faubourg", "Passerelle", "Vent d'ouest", "La Rallonge", "Belle Étoile", "Préau")
CONTACTS = ("Solène", "Hadrien", "Apolline", "Corentin", "Maëlle", "Gaspard", "Ondine", "Théodore")
ROBOTS = ("CapMaster", "EasyTitles", "SubZap", "Wordcatcher", "QuickScribe")
# As the robot heard them, and as they are called.
PERSONS = (
    *(("Soren Lind", "Søren Lindh"), ("Marta Covacs", "Márta Kovács"), ("Ines Alvarez", "Inés Álvarez")),
    *(("Jurgen Vice", "Jürgen Weiß"), ("Zoe Clark", "Zoë Clarke"), ("Pavel Novack", "Pavel Novák")),
    *(("Ann Looser", "Anne Loosli"), ("Lucia Pena", "Lucía Peña"), ("Ivar Broten", "Ivar Bråten")),
    *(("Noemi Sanchez", "Noemí Sánchez"), ("Tomas Dworak", "Tomáš Dvořák"), ("Jorn Moller", "Jørn Møller")),
    *(("Helga Gross", "Helga Groß"), ("Ana Simoes", "Ana Simões"), ("Otto Krueger", "Otto Krüger")),
    *(("Rune Aberg", "Rune Åberg"), ("Ilse Shoen", "Ilse Schön"), ("Joao Pinto", "João Pinto")),
)
PLACES = (
    *(("Antwerp", "Anvers"), ("Ghent", "Gand"), ("Geneva", "Genève"), ("Venice", "Venise"), ("Lisbon", "Lisbonne")),
    *(("Dresden", "Dresde"), ("Seville", "Séville"), ("Basel", "Bâle"), ("Krakow", "Cracovie"), ("Mantua", "Mantoue")),
    *(("Warsaw", "Varsovie"), ("Genoa", "Gênes"), ("Padua", "Padoue"), ("Leuven", "Louvain")),
    ("Regensburg", "Ratisbonne"),
)
SPONSORS = (
    *(
        ("the River Trust", "la Fondation des rivières", "FDR"),
        ("the Repair Council", "la Chambre des artisans", "CDA"),
    ),
    *(("the Old Towns League", "la Ligue des bourgs", "LDB"), ("the Waste Office", "la Régie des déchets", "RDD")),
    *(("the Tool Society", "la Société des outils", "SDO"), ("the Heritage Agency", "la Mission du patrimoine", "MDP")),
    *(("the Savings Circle", "la Caisse d'entraide", "CDE"), ("the Makers' Union", "la Guilde des bricoleurs", "GDB")),
)
# English term, French term, and a word that is not on the list.
TERMS = {
    "clock tower": ("beffroi", "tour"),
    "night bus": ("bus de nuit", "noctambus"),
    "tool library": ("outilthèque", "boutique"),
    "hive": ("ruche", "nid"),
    "ferry": ("bac", "bus"),
    "lost property": ("objets trouvés", "objets perdus"),
    "lock": ("écluse", "vanne"),
    "bell": ("cloche", "gong"),
    "orchard": ("verger", "jardin"),
    "swimming pool": ("piscine", "mare"),
    "street lamp": ("réverbère", "lampion"),
    "sourdough": ("levain", "pain"),
}
SOUNDS = {
    "[applause]": "[applaudissements]",
    "[laughter]": "[rires]",
    "[music]": "[musique]",
    "[phone rings]": "[sonnerie]",
}
NO_ADVERTISING = "[sans paroles]"
WEAK = (
    *("le", "la", "les", "un", "une", "des", "de", "du", "à", "au", "aux", "et", "ou", "que", "qui", "en", "dans"),
    *("sur", "pour", "par", "avec", "sans"),
)
# English | French | another French that fits as well.
OPENINGS = (
    """Good evening. I am {person}, and I mend things. | Bonsoir. Je m'appelle {person} et je répare.
I live {miles} from here, at the end of a tram line, | J'habite à {miles} d'ici, au bout du tramway,
and today I left home at {evening}. | et j'ai quitté la maison à {evening}. | et je suis en route depuis {evening}.
You will tell me that this is a long way for {count} minutes. | Vous me direz que c'est loin pour {count} minutes.
Where do we start? | Par où commencer ? | On commence par où ?""",
    """Thank you. I am {person}, and I collect broken things. | Merci. Je suis {person} et je collectionne la casse.
My workshop is {miles} up the river. | Mon atelier est à {miles} en amont.
It opens at {morning} and closes when the soup is ready, | Il ouvre à {morning} et ferme à l'heure de la soupe,
which was {evening} today. | soit {evening} aujourd'hui.
You will tell me that nobody can live on that. | Vous me direz qu'on ne peut pas en vivre.
Shall I show you why I do? | Voulez-vous voir comment je fais ?""",
    """Hello. I am {person}, and this is not my first talk. | Bonjour. Je suis {person}. J'ai déjà parlé ici.
Last time I walked here, {miles} in the rain, | J'avais alors marché {miles} sous la pluie,
and arrived at {evening}, when you had all gone home. | pour arriver à {evening}. Vous étiez tous rentrés.
You will tell me that I should have taken a cab. | Vous me direz de prendre un taxi.
So what have I learned since? | Qu'ai-je donc appris depuis ?""",
)
FIRST_MENTIONS = (
    """It began with a letter from {sponsor}. | Tout commença par une lettre de {sponsor}.
They had counted what our town throws away: | On y comptait ce que jette notre ville :
{tons} tons a week, most of it sound. | {tons} tonnes par semaine, souvent en bon état.""",
    """That year {sponsor} wrote to every household. | Cette année-là, {sponsor} écrivit à tous.
One question only: what is broken at your place? | Une seule question : qu'avez-vous de cassé ?
They got {big} answers, and {tons} tons of samples. | Elle reçut {big} réponses, et {tons} tonnes d'échantillons.""",
    """The first to ring me up was {sponsor}. | Le premier appel est venu de {sponsor}.
Could I talk to {count} people who throw nothing away? | Pouvais-je parler à {count} personnes qui gardent tout ?
Of course. At home we keep {tons} tons of string. | Bien sûr. Nous gardons {tons} tonnes de ficelle.""",
)
LATER_MENTIONS = (
    """And {sponsor}? They came to see us in {place}, | Et {sponsor} ? Elle est venue nous voir à {place},
stayed for {count} days and took our list home. | est restée {count} jours et a emporté notre liste.""",
    """A year later {sponsor} put us on the map, | Un an après, {sponsor} nous a mis sur la carte,
between {place} and the sea. | entre {place} et la mer.""",
    """Today {sponsor} pays for the light and the tea. | Aujourd'hui, {sponsor} paie la lumière et le thé.
That is {money} a day, says the man from {place}. | Soit {money} par jour, dit l'homme de {place}.""",
)
STORIES = (
    """In {year} the clock tower of our town stood still, | En {year}, le beffroi de notre ville s'est arrêté,
and for {big} days nobody went up to look. | et en {big} jours, personne n'est monté voir.
Then {person} asked for the key. | Puis {person} a demandé la clé. | Enfin, {person} a voulu la clé.
There was a bird's nest in the works. That was all. | Un nid dans le mécanisme. Rien d'autre.
The clock tower has been right ever since, | Depuis, le beffroi est à l'heure,
apart from {count} seconds every spring. | à {count} secondes près, au printemps.""",
    """The night bus from {place} used to be empty. | Le bus de nuit de {place} roulait à vide.
Then somebody hung a lamp inside, a real one, with a shade. | On y a mis une lampe, une vraie, avec abat-jour.
Within a month {percent} more people took the night bus. | En un mois, le bus de nuit a gagné {percent} d'usagers.
One of them was {person}, who wrote a whole book there, | Dont {person}, qui y a écrit tout un livre,
{count} pages, between two stops. | {count} pages, entre deux arrêts.""",
    """A drill is used for {tons} minutes in its whole life. | Une perceuse sert {tons} minutes dans sa vie.
So {person} opened a tool library, | Alors {person} a ouvert une outilthèque,
in a room of no more than {count} square meters. | dans une pièce de {count} mètres carrés.
It costs {money} a year to borrow everything. | Pour {money} par an, on emprunte tout.
Today the tool library lent its own door. | Ce soir, l'outilthèque a prêté sa porte. | Là, l'outilthèque prête sa porte.
We got it back. Cleaner. | On nous l'a rendue. Plus propre.""",
    """There are {big} bees on the roof of our school. | Il y a {big} abeilles sur le toit de l'école.
The hive was stolen in {year} and brought back the same night. | La ruche, volée en {year}, est revenue la nuit même.
“Too heavy,” said the note. | « Trop lourde », disait le mot.
A hive does weigh as much as a child of ten. | Une ruche pèse autant qu'un enfant de dix ans.
Ours gave {percent} more honey after its trip, | La nôtre a donné {percent} de miel en plus,
and nobody can tell me why. | et nul ne sait me dire pourquoi.""",
    """The ferry at {place} crosses {big} times a year. | Le bac de {place} traverse {big} fois par an.
Its captain, {person}, has never learned to swim. | À la barre, {person} n'a jamais su nager.
“Why should I?” you hear on the ferry. | « À quoi bon ? » entend-on sur le bac.
“I am on the boat.” | « Je suis à bord. »
It has sunk {count} times, always at the same post. | Il a coulé {count} fois, toujours au même poteau.""",
    """At the lost property counter of {place} I met {person}. | Aux objets trouvés de {place}, j'ai vu {person}.
Umbrellas: {big}. Wooden legs: {count}. | Parapluies : {big}. Jambes de bois : {count}.
How does one go home without a leg? | Comment rentrer sans sa jambe ?
Only {percent} of all lost property is ever asked for. | Seuls {percent} des objets trouvés sont réclamés.
The rest we mend and give away. | Le reste, nous le réparons et le donnons.""",
    """A lock is a very slow machine with {count} cogs. | Une écluse est une machine lente à {count} rouages.
Ours was built in {year} and never oiled. | La nôtre date de {year} et n'a jamais vu d'huile.
You could hear the lock over {miles} away. | On entendait l'écluse à plus de {miles}.
When we did oil it, people could not sleep. | Une fois l'huile mise, nul ne dormait plus.
At {morning} {person} complained about the silence. | À {morning}, {person} protestait contre le silence.""",
    """Who rings a bell with a crack in it? | Qui sonne une cloche fêlée ?
We do, at {morning} and at {evening}. | Nous, à {morning} et à {evening}.
The bell came from {place} on an ox cart, | La cloche est venue de {place} en char à bœufs,
{miles} without springs. | {miles} sans ressorts.
It sounds like a pan, but it is our pan. | On dirait une casserole, mais c'est la nôtre.""",
    """Behind the station lies an orchard that nobody owns. | Derrière la gare, un verger n'est à personne.
Since {year} it has been pruned, unasked, by {person}. | Depuis {year}, {person} le taille sans rien dire.
It bears {tons} tons of pears, all hard as stone. | Il donne {tons} tonnes de poires, dures comme pierre.
We tried to sell them for {money} a box. | On a voulu les vendre {money} le cageot.
Now the orchard feeds the deer, and the deer look well. | Le verger nourrit les cerfs, et ils ont bonne mine.""",
    """Our swimming pool leaks {big} liters a day. | Notre piscine perd {big} litres par jour.
It has done so since {year}, and we know where it goes: | Cela dure depuis {year}, et l'on sait où va l'eau :
into the cellar of {person}, who keeps carp. | dans la cave de {person}, qui élève des carpes.
Close the swimming pool, said an expert from {place}. | Fermez la piscine, dit un expert de {place}.
Buy a fishing rod, said the town. | Prenez une canne à pêche, dit la ville.""",
    """One street lamp in our road comes on at {evening}, | Un réverbère de ma rue s'allume à {evening},
and people moved house to be near that street lamp. | et l'on a déménagé pour ce réverbère.
Rents went up by {percent} on one side of the road. | Les loyers ont pris {percent} d'un côté de la rue.
Under it, {person} read the whole encyclopedia, | Dessous, {person} a lu toute l'encyclopédie,
{big} pages, standing up. | {big} pages, debout.""",
    """The sourdough in our bakery is older than I am. | Le levain du boulanger est plus vieux que moi.
It came from {place} in {year}, in a boot. | Il est venu de {place} en {year}, dans une botte.
A loaf costs {money} and takes {count} hours. | Un pain coûte {money} et demande {count} heures.
When the oven broke, {person} took the sourdough to bed. | Le four en panne, {person} dormit avec le levain.
That is what I call repair. | Voilà ce que j'appelle réparer.""",
)
CLOSINGS = (
    """So what do I want from you? One thing. | Qu'est-ce que j'attends de vous ? Une chose.
“Broken” is only a beginning. | « Cassé » n'est qu'un début.
When you get home, look for what has stopped, | En rentrant, cherchez ce qui s'est arrêté,
and give it {count} minutes before you give it up. | et donnez-lui {count} minutes avant d'y renoncer.
Thank you very much. | Merci beaucoup. | Merci infiniment à vous.""",
    """I have {count} seconds left, so here is my advice. | Il me reste {count} secondes. Mon conseil, le voici.
“Never throw away a screw,” my mother said. | « Ne jetez jamais une vis », disait ma mère.
You do not know it yet, but it is the one. | Vous l'ignorez encore, mais c'est la bonne.
Thank you very much. | Merci beaucoup. | Merci infiniment à vous.""",
)
DIALOGUES = (
    "- Does it still work?\n- Ask me at {evening}. | – Ça marche encore ?\n– Demandez-moi à {evening}.",
    "- How many of you are there?\n- {count}, on a good day. | – Combien êtes-vous ?\n– {count}, les bons jours.",
    "- And who pays?\n- You do, {money} each. | – Et qui paie ?\n– Vous, {money} chacun.",
)
RECORDINGS = (
    "<i>You have {count} new messages.</i> | <i>Vous avez {count} nouveaux messages.</i>",
    "<i>Next stop: {place}.</i> | <i>Prochain arrêt : {place}.</i>",
    "<i>The time is {evening}.</i> | <i>Il est {evening}.</i>",
)
SHEET = {
    "Cues": "One French cue for each English one, with its start and end as they are: nothing is merged, split or "
    "moved, for the picture is cut to it. Number the cues from 1 upwards; the robot sometimes gives a number "
    "twice. A sentence ends in the cue in which it ends in English, with the same mark (full stop, question "
    "mark, exclamation mark); where it runs on, none of these ends the cue.",
    "Room": "Two lines at most, 42 signs a line, 18 signs a second. Blanks count, and so does the blank that a line "
    "break stands for; tags do not. What is too long is said more briefly; facts, names and figures are never "
    "what goes.",
    "Line ends": "The first of two lines does not end in one of these words: {weak}.",
    "Names": "names.csv is right, the robot is not. A sponsor has its long form with the letters in brackets when it "
    "is first spoken of, and the short form ever after. A term of the list is used in every cue in which it "
    "is said.",
    "Figures": "1 200 with a blank, 2,5 with a comma, 40 %, 3,50 $, 7 h 15 and 19 h 15. Figures stay figures. Miles "
    "become km, at 1.6 to the mile and rounded to whole ones.",
    "Signs": "A no-break space (U+00A0 or U+202F) stands before ? ! : ; and », and behind «. Quotation marks are « and "
    "» only.",
    "Speech": "The audience is vous, never tu. Two people in one cue have a line and a dash each. Voices from "
    "loudspeakers keep their <i> tags.",
    "Sounds": "{sounds}. Where the robot advertises itself, the cue stays and reads {silent}.",
    "Changes": "Since the new screen: {width} signs a line, {speed} signs a second. The rest holds.",
}


def slots(draw: Draw, used: set[str]) -> dict[str, tuple[str, str]]:
    """Draw every kind of figure in English and in French; no figure twice in a talk."""
    miles, count = _fresh(draw, used, range(3, 90)), _fresh(draw, used, range(11, 88))
    big, year = _fresh(draw, used, range(1021, 9870)), _fresh(draw, used, range(1951, 1999))
    tenths = _fresh(draw, used, [n for n in range(12, 99) if n % 10])
    percent, dollars = _fresh(draw, used, range(12, 90)), draw.integer(2, 19)
    morning, evening = (
        _fresh(draw, used, [hour * 100 + minute for hour in range(*hours) for minute in range(5, 60, 5)])
        for hours in ((6, 10), (5, 12))
    )
    cents = draw.choice([20, 50, 80])
    return {
        "miles": (f"{miles} miles", f"{miles * 1.6:.0f} km"),
        "count": (str(count), str(count)),
        "big": (f"{big:,}", f"{big:,}".replace(",", " ")),
        "year": (str(year), str(year)),
        "tons": (f"{tenths / 10}", f"{tenths / 10}".replace(".", ",")),
        "percent": (f"{percent} percent", f"{percent} %"),
        "money": (f"${dollars}.{cents}", f"{dollars},{cents} $"),
        "morning": (f"{morning // 100}:{morning % 100:02} a.m.", f"{morning // 100} h {morning % 100:02}"),
        "evening": (f"{evening // 100}:{evening % 100:02} p.m.", f"{evening // 100 + 12} h {evening % 100:02}"),
    }


def _fresh(draw: Draw, used: set[str], options: Any) -> int:
    number: int = draw.choice([n for n in options if str(n) not in used])
    used.add(str(number))
    return number


def build(draw: Draw) -> Inputs:
    """Draw the talk, how long each cue may be read, and the papers."""
    width, speed = draw.integer(36, 38), draw.integer(14, 16)
    sponsor = draw.choice(SPONSORS)
    cues, gold_figures = _cues(draw, sponsor)
    _times(draw, cues, speed)
    persons = [list(pair) for pair in PERSONS]
    festival, contact = draw.choice(FESTIVALS), draw.choice(CONTACTS)
    given = {
        "festival": festival, "contact": contact, "width": width, "speed": speed, "sponsor": list(sponsor),
        "cues": cues, "persons": persons, "weak": list(WEAK),
        "terms": {term: list(words) for term, words in TERMS.items()},
    }  # fmt: skip
    files = {
        "talk.srt": _srt(draw, cues),
        "style-sheet.docx": _sheet(festival, width, speed),
        "names.csv": _names(draw, sponsor),
    }
    return Inputs(files=files, given=given, gold={"figures": gold_figures})


def _cues(draw: Draw, sponsor: tuple[str, str, str]) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """Return the cues without their times, and the French figures of each."""
    stories = draw.sample(STORIES, 7)
    persons, places = draw.sample(PERSONS, 14), draw.sample(PLACES, 14)
    parts = [draw.choice(OPENINGS), draw.choice(FIRST_MENTIONS), *stories[:3], draw.choice(DIALOGUES), stories[3]]
    parts += [draw.choice(LATER_MENTIONS), stories[4], draw.choice(RECORDINGS), *stories[5:], draw.choice(CLOSINGS)]
    used: set[str] = set()
    cues, figures, mentions = [_sound("[applause]")], [[]], 0
    for number, part in enumerate(parts):
        values = slots(draw, used)
        names = {"person": persons.pop(), "place": places.pop()}
        for line in [part] if part in DIALOGUES else part.split("\n"):
            english, french, *more = line.split(" | ")
            slotted = [name for name in re.findall(r"\{(\w+)\}", english) if name in values]
            long = f"{sponsor[1]} ({sponsor[2]})" if not mentions else f"la {sponsor[2]}"
            mentions += "{sponsor}" in english
            forms = {name: pair[1] for name, pair in (values | names).items()} | {"sponsor": long}
            said = {name: pair[0] for name, pair in (values | names).items()} | {"sponsor": sponsor[0]}
            text = english.format(**said).replace(".m..", ".m.")
            cues.append(
                {
                    "english": text[0].upper() + text[1:] if text.startswith("the ") else text,
                    "french": [hard(one.format(**forms)) for one in (french, *more)],
                    "names": [names[name][1] for name in ("person", "place") if f"{{{name}}}" in english],
                    "heard": [names[name][0] for name in ("person", "place") if f"{{{name}}}" in english],
                    "terms": [term for term in TERMS if re.search(rf"\b{term}\b", text)],
                    "sponsor": (1 if mentions == 1 else 2) if "{sponsor}" in english else 0,
                    "kind": "speech",
                }
            )
            figures.append([values[name][1] for name in slotted])
        if number in (2, 5, 9):
            cues.append(_sound(("[laughter]", "[phone rings]", "[music]")[(2, 5, 9).index(number)]))
            figures.append([])
        if number == 7:
            cues.append(_advertising(draw))
            figures.append([])
    return [*cues, _sound("[applause]")], [*figures, []]


def hard(text: str) -> str:
    """Put no-break spaces where French wants them."""
    text = re.sub(r" (?=[?!:;»%$])|(?<=«) |(?<=\d) (?=\d|km|h )|(?<= h) (?=\d)", "\u00a0", text)
    return re.sub(r"(?<=\d) h(?=\u00a0)", "\u00a0h", text)


def _sound(name: str) -> dict[str, Any]:
    empty = {"names": [], "heard": [], "terms": [], "sponsor": 0}
    return {"english": name, "french": [SOUNDS[name]], "kind": "sound", **empty}


def _advertising(draw: Draw) -> dict[str, Any]:
    text = f"Captions by {draw.choice(ROBOTS)}. Do not delete or change this line."
    return _sound("[music]") | {"english": text, "french": [NO_ADVERTISING], "kind": "advertising"}


def _times(draw: Draw, cues: list[dict[str, Any]], speed: int) -> None:
    """Give each cue its time: every other one leaves hardly more room than the French needs."""
    now = draw.integer(1200, 4800)
    for number, cue in enumerate(cues):
        longest = max(len(re.sub(r"<[^<>]*>", "", text)) for text in cue["french"])
        room = draw.integer(107, 113) if number % 2 else draw.integer(118, 150)
        length = max(1100, longest * room * 10 // speed)
        cue["start"], cue["end"] = now, now + length
        now += length + draw.choice([0, 40, 80, 160, 240, 480, 960])


def clock(milliseconds: int) -> str:
    """Write a time as srt files have it."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


def _srt(draw: Draw, cues: list[dict[str, Any]]) -> str:
    """Write the robot's file; one number stands there twice, and lines break anywhere."""
    twice, blocks = draw.integer(12, len(cues) - 12), []
    for number, cue in enumerate(cues, 1):
        words, text = cue["english"].split(" "), cue["english"]
        if cue["kind"] == "speech" and "\n" not in text and len(words) > 5:
            cut = draw.integer(3, len(words) - 2)
            text = " ".join(words[:cut]) + "\n" + " ".join(words[cut:])
        blocks.append(f"{number - (number > twice)}\n{clock(cue['start'])} --> {clock(cue['end'])}\n{text}\n")
    return "\n".join(blocks)


def _sheet(festival: str, width: int, speed: int) -> bytes:
    """Write the style sheet."""
    import docx

    sounds = ", ".join(f"{english} is {french}" for english, french in SOUNDS.items())
    values = {"weak": ", ".join(WEAK), "sounds": sounds, "silent": NO_ADVERTISING, "width": width, "speed": speed}
    document = docx.Document()
    document.add_heading(f"{festival}: subtitles in French", 1)
    for title, text in SHEET.items():
        document.add_heading(title, 2)
        document.add_paragraph(text.format(**values))
    return office_bytes(document)


def _names(draw: Draw, sponsor: tuple[str, str, str]) -> str:
    """Write the list of names and terms."""
    rows = [("person", heard, name, "") for heard, name in PERSONS]
    rows += [("place", english, french, "") for english, french in PLACES]
    rows += [("sponsor", name, f"{long} ({short})", f"la {short}") for name, long, short in SPONSORS]
    rows += [("term", english, french, "") for english, (french, _) in TERMS.items()]
    return csv_text(("kind", "in the transcript", "in French", "later"), draw.shuffled(rows), delimiter=";")
