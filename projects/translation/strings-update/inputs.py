"""Two releases of a train app's English strings, the approved Italian of the first, term base and memory."""
# hapi-pytest canary cb117c25-f1a5-4b04-9a4f-330c75bd5790

import datetime
import html
import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

APPS = ("Binario 9", "Traghetta", "Railbird", "Coincide", "Sleeper", "Platform Two", "Halt", "Viavai", "Whistlestop")
CONTACTS = ("Freya", "Callum", "Noor", "Emeka", "Saoirse", "Bastian", "Linnea", "Joost")
FORMER = ("Marco", "Ilaria", "Donata", "Ruggero", "Fulvia")
# English words, the Italian one of the term base and what contains every form of it.
TERMS = {
    "platform": (r"platform", "binario", r"binari"),
    "ticket": (r"tickets?", "biglietto", r"bigliett"),
    "seat": (r"seats?", "posto", r"\bpost[oi]\b"),
    "coach": (r"coach", "carrozza", r"carrozz"),
    "delay": (r"delays?", "ritardo", r"ritard"),
    "connection": (r"connection", "coincidenza", r"coinciden"),
    "fare": (r"fare", "tariffa", r"tariff"),
    "journey": (r"journeys?", "viaggio", r"viagg"),
    "refund": (r"refunds?", "rimborso", r"rimbors"),
    "station": (r"station", "stazione", r"stazion"),
    "stop": (r"stops?", "fermata", r"fermat"),
    "timetable": (r"timetable", "orario", r"\borari"),
    "alert": (r"alerts?", "avviso", r"avvis"),
    "traveller": (r"travellers?", "passeggero", r"passegger"),
    "account": (r"account", "profilo", r"profil"),
    "receipt": (r"receipts?", "ricevuta", r"ricevut"),
    "bicycle": (r"bicycles?", "bici", r"\bbici\b"),
}
# Key | English | approved Italian. Some of it is older than the term base and formal; it stays.
STABLE = r"""home.title | Where to? | Dove si va?
home.search | Search | Cerca
home.swap | Swap stations | Inverti le stazioni
home.now | Leave now | Parti adesso
home.empty | No journeys yet | Ancora nessun viaggio
search.from | From | Da
search.to | To | A
search.direct | Direct trains only | Solo treni diretti
search.none | No trains found for %@. | Nessun treno trovato per %@.
search.results | %1$d trains from %2$@ | %1$d treni da %2$@
train.delay | %d min late | %d min di ritardo
train.cancelled | This train has been cancelled. | Questo treno \U00E8 stato soppresso.
ticket.show | Show ticket | Mostra il biglietto
ticket.valid | Valid until %@ | Valido fino al %@
ticket.used | This ticket has been used. | Questo biglietto è già stato usato.
ticket.code | Hold the code up to the reader. | Avvicini il codice al lettore.
ticket.lost | Lost your ticket? Sign in on another phone. | Ha perso il biglietto? Acceda da un altro telefono.
pay.card | Card number | Numero della carta
pay.total | Total | Totale
pay.now | Pay %@ | Paga %@
pay.failed | Your card was declined. | La Sua carta è stata rifiutata.
pay.receipt | Send me a receipt | Inviami una ricevuta
seat.choose | Choose a seat | Scelga un posto
seat.window | Window | Finestrino
seat.aisle | Aisle | Corridoio
alert.none | All trains are on time. | Tutti i treni sono in orario.
account.name | Your name | Il tuo nome
account.hello | Hello, %@! | Ciao, %@!
refund.sent | Your request was sent.\nWe will write to %@. | La richiesta è stata inviata.\nScriveremo a %@.
help.tap | Tap \"Help\" to talk to us. | Tocca \"Aiuto\" per parlare con noi.
help.hours | We answer from %1$@ to %2$@. | Rispondiamo dalle %1$@ alle %2$@.
map.walk | %d min on foot | %d min a piedi
map.exit | Nearest exit | Uscita più vicina"""
# Approved wording that a careful hand leaves alone and a zealous one does not: it is in every release.
TEMPTING = r"""train.platform | Platform %@ | Binario  %@
train.full | This train is almost full. | Questo treno \U00E8 quasi pieno.
train.coach | Coach %@ | Vagone %@
alert.title | Alerts | Notifiche
account.delete | Delete account | Elimina account"""
# Old key | new key | English | approved Italian | another Italian.
MOVED = """home.recent | journeys.recent | Recent journeys | Viaggi recenti | Ultimi viaggi
ticket.share | share.ticket | Share ticket | Condividi il biglietto | Condividi biglietto
map.near | stops.near | Stops near you | Fermate vicine | Fermate nelle vicinanze
alert.on | delays.on | Tell me about delays | Avvisami dei ritardi | Informami sui ritardi
account.out | session.out | Sign out | Esci | Disconnetti
refund.ask | money.back | Ask for a refund | Chiedi un rimborso | Richiedi un rimborso"""
# Key | English with a slip | English | approved Italian | another Italian.
MISSPELT = """train.board | Boarding has startet | Boarding has started | Si può salire a bordo | Imbarco iniziato
pay.safe | Your payment is securre. | Your payment is secure. | Il pagamento è sicuro. | Il tuo pagamento è sicuro.
map.open | Opening hourse | Opening hours | Orari di apertura | Orario di apertura
ticket.print | Print tickets at teh station. | Print tickets at the station. | Stampi i biglietti in stazione. \
| Stampa i biglietti in stazione."""
# Key | English before | Italian before | English now | Italian now.
CHANGED = """refund.time | Refunds take 14 days. | I rimborsi richiedono 14 giorni. | Refunds take [n] days. \
| I rimborsi richiedono [n] giorni.
ticket.limit | You can hold 5 tickets. | Può avere 5 biglietti. | You can hold [n] tickets. | Puoi avere [n] biglietti.
seat.cost | Seats are free. | I posti sono gratuiti. | Seats cost %@. | I posti costano %@.
train.change | Change at %@. | Cambi a %@. | Your connection leaves from platform %@. \
| La tua coincidenza parte dal binario %@.
alert.late | Your train is late. | Il Suo treno è in ritardo. | Your train has a delay of %d minutes. \
| Il tuo treno ha un ritardo di %d minuti.
account.gone | Delete your account? | Eliminare il Suo account? | Delete your account and all tickets? \
| Eliminare il tuo profilo e tutti i biglietti?
home.greet | Good morning! | Buongiorno! | Good morning, traveller! | Buongiorno, passeggero!
fare.cheap | Cheapest price | Prezzo più basso | Cheapest fare | Tariffa più bassa
timetable.from | Summer timetable | Orario estivo | Timetable from %@ | Orario dal %@
coach.far | Go to the front of the train. | Vada in testa al treno. | Go to coach %@. | Vai alla carrozza %@.
receipt.mail | Receipt sent. | Ricevuta inviata. | Receipt sent to %1$@ on %2$@. | Ricevuta inviata a %1$@ il %2$@.
seat.trade | Swap seat | Cambia posto | Swap your seat with %@? | Scambiare il tuo posto con %@?"""
# Key | English | Italian | characters that fit | too long
NEW = """family.max | Up to [n] travellers share one ticket. | Fino a [n] passeggeri condividono un biglietto.
family.add | Add a traveller | Aggiungi un passeggero
bike.price | A bicycle costs as much as %d stops. | Una bici costa quanto %d fermate.
bike.board | Your bicycle travels in coach %@. | La tua bici viaggia nella carrozza %@.
delay.over | The delay is now over [n] minutes. | Il ritardo supera ora i [n] minuti.
connection.hold | Platform %1$@ waits for your connection until %2$@. \
| Il binario %1$@ attende la tua coincidenza fino alle %2$@.
fare.rise | This fare goes up by [n] percent. | Questa tariffa aumenta del [n] per cento.
journey.long | Your journey takes [n] minutes longer. | Il tuo viaggio dura [n] minuti in più.
journey.again | Tap \\"Repeat\\" to book this journey again. | Tocca \\"Ripeti\\" per prenotare di nuovo questo viaggio.
seat.beside | Do you want the seat beside %@? | Vuoi il posto accanto a %@?
station.far | The station is [n] minutes away. | La stazione è a [n] minuti da qui.
ticket.gift | Give this ticket to %@? | Regalare questo biglietto a %@?"""
TIGHT = """fare.night | Night fare | Tariffa notturna | 18 | Tariffa per la notte
stop.skip | Skip stop | Salta fermata | 15 | Salta questa fermata
alert.short | No alerts | Nessun avviso | 16 | Non ci sono avvisi
timetable.next | Tomorrow’s timetable | Orario di domani | 18 | Orario della giornata di domani
seat.tab | My seat | Il mio posto | 14 | Il posto che ho scelto
ticket.tab | My tickets | Biglietti | 12 | I miei biglietti"""
# New as well, and in the memory: key | English | one Italian | another Italian.
REMEMBERED = """quiet.find | Find a quiet coach | Cerca una carrozza silenziosa | Trova una carrozza tranquilla
bike.ask | Do you travel with a bicycle? | Porti con te una bici? | Viaggi con la bici?
family.left | %@ has left your journey. | %@ non partecipa più al tuo viaggio. | %@ ha abbandonato il tuo viaggio.
delay.claim | Claim a refund for this delay | Richiedi il rimborso del ritardo | Chiedi un rimborso per il ritardo
receipt.all | All receipts in one file | Le ricevute in un unico file | Un file con tutte le ricevute
station.lift | The lift at this station is broken. | L’ascensore della stazione è guasto. \
| In stazione l’ascensore non funziona.
connection.lost | You will miss your connection in %@. | Rischi di perdere la coincidenza a %@. \
| La coincidenza a %@ non è più raggiungibile.
stop.wish | Press to stop at %@ | Premi per la fermata di %@ | Premi per chiedere la fermata a %@
fare.same | The fare stays the same. | La tariffa non cambia. | La tariffa rimane uguale.
timetable.save | Save this timetable | Salva questo orario | Tieni da parte questo orario
platform.moved | New platform: %@ | Cambio di binario: %@ | Il nuovo binario è %@"""
# New, and in the memory with a word that the term base has replaced: key | English | Italian | that Italian.
DATED = """quiet.rule | Keep your voice down in this coach. | In questa carrozza parla a bassa voce. \
| Parla a bassa voce in questo vagone.
alert.mute | Mute alerts for [n] hours | Silenzia gli avvisi per [n] ore | Disattiva le notifiche per [n] ore
account.merge | Merge this account with %@? | Unire questo profilo a %@? | Vuoi unire questo account a %@?
account.other | Use another account | Usa un altro profilo | Usa un altro account"""
GUIDE = """# Updating strings: how we do it

1. `Localizable.strings` has the keys of `en_new.strings`, in that order, with the comments of that file above them,
   as UTF-8. Keys that are gone there go.
2. Where the English of a key is the same as in `en_old.strings`, the approved Italian of `it_old.strings` stays, byte
   for byte: spaces, escapes and old words included. It has been through legal. The term base is for new wording only.
3. A comment `was` and a key: the key was renamed. The approved Italian moves with it, byte for byte.
4. A comment `spelling only`: the English was put right and means what it meant. The approved Italian stays.
5. Everything else is translated: English that has changed, keys that are new, and keys that were there before but never
   got any Italian, which count as new.
6. Before you translate, look into `memory.tmx`. A unit with exactly the English of the string is used as it is; where
   there are several, the one with the latest changedate. Units with the prop `status` rejected are not used, nor are
   units whose Italian does not have the term base's words. English that is only similar does not count.
7. What the memory does not have is yours. The words of `termbase.csv` are used, in whatever form the sentence needs. We
   say tu to our passengers. A string ends with the mark that ends the English one, or with none. Where a comment says
   `at most` so many characters, no more fit.
8. `%@`, `%d` and the like, `\\n` and figures are those of the English.
9. `changes.csv` has the columns `key`, `change`, `english`, `italian`: one row for each key that is `new`, `changed`,
   `renamed` (under its new key) or `removed`, with the text of both files as they are now; for a removed key the old
   English and no Italian. What stays as it was has no row, and `spelling only` has none either.
"""


def rows(text: str) -> list[list[str]]:
    """Return the rows of a pool."""
    return [[cell.strip() for cell in line.split(" | ")] for line in text.split("\n")]


def build(draw: Draw) -> Inputs:
    """Draw both releases, the approved Italian and the papers that say what to do."""
    app, contact, former = draw.choice(APPS), draw.choice(CONTACTS), draw.choice(FORMER)
    strings = _strings(draw)
    old, new = _sources(draw, strings)
    given = {
        "app": app, "contact": contact, "former": former, "strings": {one["key"]: one for one in strings},
        "new": new, "terms": {term: [english, form] for term, (english, _, form) in TERMS.items()},
        "removed": {one["key"]: one["before"] for one in strings if one["kind"] == "removed"},
        "moved": next(one["key"] for one in strings if one["kind"] == "renamed"),
        "tempting": [row[0] for row in rows(TEMPTING)],
    }  # fmt: skip
    gold = {"changes": {one["key"]: one["change"] for one in strings if one["change"]}}
    approved = [(key, italian) for key, _, italian in old if italian]
    date = f"{draw.integer(2, 28)}.{draw.integer(2, 9)}.2025"
    history = f"/* {former}, {date}: next time everything with Lei, also what is here already */\n\n"
    files = {
        "en_old.strings": "".join(f'"{key}" = "{english}";\n' for key, english, _ in old),
        "it_old.strings": history + "".join(f'"{key}" = "{italian}";\n' for key, italian in approved),
        "en_new.strings": "\n".join(f'/* {note} */\n"{key}" = "{english}";\n' for key, english, note in new),
        "memory.tmx": _memory(draw, strings),
        "termbase.csv": _termbase(draw),
        "guide.md": GUIDE,
    }
    return Inputs(files=files, given=given, gold=gold)


def _strings(draw: Draw) -> list[dict[str, Any]]:
    """Draw the strings: what each was, what it is, and what has become of it."""
    used: set[int] = set()

    def figures(*texts: str) -> list[str]:
        number = draw.choice([n for n in range(16, 96) if n not in used])
        used.add(number)
        return [text.replace("[n]", str(number)) for text in texts]

    stable = draw.sample(rows(STABLE), 29)
    strings = [_one("kept", key, english, italian) for key, english, italian in (*stable[:25], *rows(TEMPTING))]
    strings += [_one("removed", key, english, italian) for key, english, italian in stable[25:]]
    for before, key, english, italian, other in draw.sample(rows(MOVED), 2):
        strings.append(_one("renamed", key, english, italian) | {"old_key": before, "other": other})
    for key, before, english, italian, other in draw.sample(rows(MISSPELT), 2):
        strings.append(_one("spelling", key, english, italian) | {"before": before, "other": other})
    pool = rows(CHANGED)
    for key, before, was, *now in (*pool[:2], *draw.sample(pool[2:], 5)):
        english, italian = figures(*now)
        strings.append(_one("changed", key, english, italian) | {"before": before, "approved": was})
    pool = rows(NEW)
    for number, (key, *texts) in enumerate(draw.sample(pool, 7)):
        english, italian = figures(*texts)
        strings.append(_one("missing" if number == 0 else "new", key, english, italian))
    for key, english, italian, limit, long in draw.sample(rows(TIGHT), 3):
        strings.append(_one("new", key, english, italian) | {"limit": int(limit), "other": long})
    for number, (key, english, *both) in enumerate(draw.sample(rows(REMEMBERED), 6)):
        italian, other = draw.shuffled(both)
        unit = ("plain", "plain", "later", "later", "rejected", "rejected")[number]
        strings.append(_one("new", key, english, italian) | {"unit": unit, "other": other})
    for key, *texts in draw.sample(rows(DATED), 2):
        english, italian, other = figures(*texts)
        strings.append(_one("new", key, english, italian) | {"unit": "dated", "other": other})
    return strings


def _one(kind: str, key: str, english: str, italian: str) -> dict[str, Any]:
    """Return a string; `before` and `approved` are what the old release has."""
    change = {"kept": "", "spelling": "", "missing": "new"}.get(kind, kind)
    is_old = kind not in ("new", "missing")
    return {
        "kind": kind, "key": key, "old_key": key, "english": english, "italian": italian, "change": change,
        "before": english if kind != "new" else "", "approved": italian if is_old else "", "limit": 0, "unit": "",
        "other": "",
    }  # fmt: skip


def _sources(draw: Draw, strings: list[dict[str, Any]]) -> tuple[list[tuple[str, str, str]], list[list[str]]]:
    """Return key, English and Italian of the old release, and key, English and comment of the new one."""
    old = sorted((one["old_key"], one["before"], one["approved"]) for one in strings if one["before"])
    groups: dict[str, list[list[str]]] = {}
    for one in strings:
        if one["kind"] != "removed":
            screen = one["key"].split(".")[0]
            note = {"renamed": f"was {one['old_key']}", "spelling": "spelling only"}.get(
                one["kind"], f"{screen} screen"
            )
            note = f"at most {one['limit']} characters" if one["limit"] else note
            groups.setdefault(screen, []).append([one["key"], one["english"], note])
    return old, [entry for screen in draw.shuffled(sorted(groups)) for entry in draw.shuffled(groups[screen])]


def _memory(draw: Draw, strings: list[dict[str, Any]]) -> str:
    """Write the memory."""
    units: list[tuple[str, str, datetime.date, str]] = []

    def day(low: int, high: int) -> datetime.date:
        return datetime.date(2024, 1, 8) + datetime.timedelta(days=draw.integer(low, high))

    for one in strings:
        english, italian = (plain(one[name]) for name in ("english", "italian"))
        if one["unit"] == "dated":
            units.append((english, one["other"], day(0, 400), "approved"))
        elif one["unit"]:
            units.append((english, italian, day(200, 420), "approved"))
            if one["unit"] == "later":
                units.append((english, one["other"], day(0, 190), "approved"))
            elif one["unit"] == "rejected":
                units.append((english, one["other"], day(430, 600), "rejected"))
        elif one["kind"] == "changed":
            units.append((plain(one["before"]), plain(one["approved"]), day(0, 600), "approved"))
        elif one["kind"] in ("new", "missing") and re.search(r"\d\d", english):
            figure = str(draw.integer(3, 15))
            similar, other = (re.sub(r"\b\d\d\b", figure, text) for text in (english, italian))
            units.append((similar, other, day(0, 600), "approved"))
        elif one["kind"] == "kept" and draw.chance(0.4):
            units.append((english, italian, day(0, 100), "approved"))
    for english, italian in (("Coach %@", "Carrozza %@"), ("Alerts", "Avvisi"), ("Delete account", "Elimina profilo")):
        units.append((english, italian, day(610, 700), "approved"))
    return _tmx(draw.shuffled(units))


def plain(text: str) -> str:
    """Resolve the escapes of a strings file."""
    text = re.sub(r"\\U([0-9A-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return text.replace("\\n", "\n").replace('\\"', '"')


def _tmx(units: list[tuple[str, str, datetime.date, str]]) -> str:
    """Write units as a translation memory."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tmx version="1.4">']
    lines.append('<header creationtool="shelf" srclang="en" adminlang="en" datatype="plaintext" segtype="block"/>')
    lines.append("<body>")
    for english, italian, date, status in units:
        lines.append(f'<tu changedate="{date:%Y%m%d}T090000Z"><prop type="status">{status}</prop>')
        for language, text in (("en", english), ("it", italian)):
            lines.append(f'  <tuv xml:lang="{language}"><seg>{html.escape(text, quote=False)}</seg></tuv>')
        lines.append("</tu>")
    return "\n".join([*lines, "</body>", "</tmx>", ""])


def _termbase(draw: Draw) -> str:
    """Write the term base."""
    old = {"coach": "no longer vagone", "alert": "no longer notifica", "account": "no longer account"}
    table = [(term, italian, old.get(term, "")) for term, (_, italian, _) in TERMS.items()]
    return csv_text(("English", "Italian", "Note"), draw.shuffled(table), delimiter=";")
