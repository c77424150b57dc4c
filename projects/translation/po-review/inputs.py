"""A Spanish po file with planted mistakes, the term base and the checklist."""
# hapi-pytest canary bd82490d-d4fa-47b8-83d5-1ef303e2427e

import re
from collections.abc import Callable
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

APPS = ("Roomkeeper", "Tallyho", "Benchbook", "Sparespace", "Keyhanger", "Doorplan", "Hallpass", "Lendwell")
CONTACTS = ("Ingrid", "Matthew", "Orla", "Piotr", "Saskia", "Declan", "Yusuf", "Marguerite")
FORMER = ("Nacho", "Begoña", "Íñigo", "Maite", "Xavi", "Rocío")
# English words, the word in force, and what former translators put: in each form that occurs.
TERMS = {
    "booking": (r"bookings?", r"reservas?\b", (("reservas", "reservaciones"), ("reserva", "reservación"))),
    "room": (r"rooms?", r"\bsalas?\b", (("salas", "habitaciones"), ("sala", "habitación"))),
    "invoice": (r"invoices?", r"factura", (("factura", "boleta"),)),
    "password": (r"password", r"contraseña", (("contraseña", "clave"),)),
    "member": (r"members?", r"miembro", (("miembro", "socio"),)),
    "deposit": (r"deposit", r"fianza", (("fianza", "garantía"),)),
    "calendar": (r"calendars?", r"calendario", (("calendario", "almanaque"),)),
    "tool": (r"tools?", r"herramienta", (("herramienta", "máquina"),)),
    "cancel": (r"cancel(?:led)?", r"cancel", (("cancel", "anul"),)),
    "delete": (r"deleted?", r"elimin", (("elimin", "borr"),)),
    "settings": (r"settings", r"ajustes", (("ajustes", "parámetros"),)),
    "reminder": (r"reminders?", r"recordatorio", (("recordatorio", "aviso"),)),
    "basket": (r"basket", r"\bcesta", (("cesta", "canasta"),)),
    "receipt": (r"receipts?", r"recibo", (("recibo", "comprobante"),)),
    "download": (r"download", r"descarg", (("descarg", "baj"),)),
    "report": (r"reports?", r"informe", (("informe", "reporte"),)),
}
SPANISH_TERMS = {
    "booking": "reserva",
    "room": "sala",
    "invoice": "factura",
    "password": "contraseña",
    "member": "miembro",
    "deposit": "fianza",
    "calendar": "calendario",
    "tool": "herramienta",
    "cancel": "cancelar",
    "delete": "eliminar",
    "settings": "ajustes",
    "reminder": "recordatorio",
    "basket": "cesta",
    "receipt": "recibo",
    "download": "descargar",
    "report": "informe",
}
# Context | English | Spanish | Spanish to a friend. [n], [d] and [k] are figures: a whole one, one with a decimal, and
# one of thousands.
SINGLES = """nav.home | Home | Inicio
nav.rooms | Rooms | Salas
nav.tools | Tools | Herramientas
nav.calendar | Calendar | Calendario
nav.reports | Reports | Informes
nav.settings | Settings | Ajustes
login.password | Enter your password. | Escriba su contraseña. | Escribe tu contraseña.
login.forgot | Forgot your password? | ¿Ha olvidado su contraseña? | ¿Has olvidado tu contraseña?
login.wrong | Wrong password. {tries} tries left. | Contraseña incorrecta. Quedan {tries} intentos.
login.rule | Your password needs [n] characters. | Su contraseña necesita [n] caracteres. \
| Tu contraseña necesita [n] caracteres.
login.locked | Too many tries. Wait [n] minutes. | Demasiados intentos. Espere [n] minutos. \
| Demasiados intentos. Espera [n] minutos.
login.again | Hello again, {name}! | ¡Hola de nuevo, {name}!
booking.new | New booking | Nueva reserva
booking.confirmed | Your booking of {room} is confirmed. | Su reserva de {room} está confirmada. \
| Tu reserva de {room} está confirmada.
booking.cancel | Cancel booking | Cancelar reserva
booking.cancelled | {name} cancelled the booking for {date}. | {name} ha cancelado la reserva del {date}.
booking.ends | The booking ends in [n] minutes. | La reserva termina en [n] minutos.
booking.early | Bookings open [n] days ahead. | Las reservas se abren con [n] días de antelación.
booking.late | Cancel at least [n] hours before. | Cancele al menos [n] horas antes. \
| Cancela al menos [n] horas antes.
booking.sure | Really cancel this booking? | ¿Cancelar de verdad esta reserva?
booking.moved | The booking was moved from {old} to {new}. | La reserva pasó de {old} a {new}.
booking.repeat | Repeat the booking every [n] weeks | Repetir la reserva cada [n] semanas
rooms.taken | The room is taken from {start} to {end}. | La sala está ocupada de {start} a {end}.
rooms.seats | This room has [n] seats. | Esta sala tiene [n] asientos.
rooms.pick | Choose a room. | Elija una sala. | Elige una sala.
rooms.none | No room is free at this time. | Ninguna sala está libre a esta hora.
rooms.clean | The room is cleaned after [n] bookings. | La sala se limpia cada [n] reservas.
rooms.area | The room has [d] square metres. | La sala tiene [d] metros cuadrados.
tools.back | Bring the tool back by {time}. | Devuelva la herramienta antes de las {time}. \
| Devuelve la herramienta antes de las {time}.
tools.broken | Is the tool broken? | ¿Está rota la herramienta?
tools.weight | This tool weighs [d] kg. | Esta herramienta pesa [d] kg.
tools.fee | Each tool costs [d] euros a day. | Cada herramienta cuesta [d] euros al día.
tools.delete | Delete this tool? | ¿Eliminar esta herramienta?
tools.shelf | You find the tool on shelf [n]. | Encontrará la herramienta en el estante [n]. \
| Encontrarás la herramienta en el estante [n].
pay.invoice | Your invoice {number} is ready. | Su factura {number} está lista. | Tu factura {number} está lista.
pay.due | Pay the invoice within [n] days. | Pague la factura en [n] días. | Paga la factura en [n] días.
pay.deposit | The deposit is [k] euros. | La fianza es de [k] euros.
pay.back | The deposit is paid back after [n] days. | La fianza se devuelve a los [n] días.
pay.receipt | Download receipt | Descargar recibo
pay.failed | Payment failed. Try again. | El pago ha fallado. Inténtelo de nuevo. \
| El pago ha fallado. Inténtalo de nuevo.
pay.limit | You can spend [k] euros a month. | Puede gastar [k] euros al mes. | Puedes gastar [k] euros al mes.
members.invite | Invite a member | Invitar a un miembro
members.since | {name} is a member since {year}. | {name} es miembro desde {year}.
members.removed | {admin} deleted the member {name}. | {admin} ha eliminado al miembro {name}.
members.limit | Your plan covers [k] members. | Su plan incluye [k] miembros. | Tu plan incluye [k] miembros.
members.leave | Do you want to leave {team}? | ¿Quiere salir de {team}? | ¿Quieres salir de {team}?
mail.before | Send a reminder [n] minutes before | Enviar un recordatorio [n] minutos antes
mail.sent | We sent a reminder to {email}. | Hemos enviado un recordatorio a {email}.
mail.stop | No more reminders | No más recordatorios
mail.start | Hello {name},\\n\\nyour booking starts at {time}.\\n \
| Hola, {name}:\\n\\nSu reserva empieza a las {time}.\\n
reports.ready | The report for {month} is ready! | ¡El informe de {month} está listo!
reports.download | Download report | Descargar informe
reports.rows | A report has at most [k] rows. | Un informe tiene como máximo [k] filas.
reports.kept | Reports are kept for [n] months. | Los informes se guardan [n] meses.
settings.saved | Settings saved. | Ajustes guardados.
settings.reset | Reset all settings? | ¿Restablecer todos los ajustes?
settings.hour | The calendar starts at {hour} | El calendario empieza a las {hour}
settings.sync | The calendar is synced every [n] minutes. | El calendario se sincroniza cada [n] minutos.
settings.wipe | Delete all bookings of {name}? | ¿Eliminar todas las reservas de {name}?
help.call | Call us at {phone}. | Llámenos al {phone}. | Llámanos al {phone}.
help.hours | We answer within [n] hours. | Respondemos en [n] horas.
help.size | Files may have [d] MB. | Los archivos pueden tener [d] MB.
help.thanks | Thanks for your help! | ¡Gracias por su ayuda! | ¡Gracias por tu ayuda!"""
BASKETS = """pay.empty | Your basket is empty. | Su cesta está vacía.
pay.add | Add to basket | Añadir a la cesta
pay.all | Is everything in the basket? | ¿Está todo en la cesta?
pay.kept | We keep your basket for {days} days. | Guardamos su cesta {days} días."""
# These look wrong and are right.
SOUND = """table.total | Total | Total
table.error | Error | Error
rooms.quick | Quick Room finds a free room. | Quick Room encuentra una sala libre.
tools.lent | {tool} is with {name} until {date}. | {name} tiene {tool} hasta el {date}."""
HOTEL = ("rooms.hotel", "Rooms nearby from {price} a night", "Habitaciones cerca desde {price} la noche")
# Context | English forms | Spanish forms | the noun's two forms.
PLURALS = """booking.count | {c} booking | {c} bookings | {c} reserva | {c} reservas | reserva | reservas
rooms.free | {c} free room | {c} free rooms | {c} sala libre | {c} salas libres | sala libre | salas libres
tools.count | {c} tool | {c} tools | {c} herramienta | {c} herramientas | herramienta | herramientas
members.count | {c} member | {c} members | {c} miembro | {c} miembros | miembro | miembros
pay.open | {c} open invoice | {c} open invoices | {c} factura pendiente | {c} facturas pendientes | factura | facturas
mail.due | {c} reminder today | {c} reminders today | {c} recordatorio hoy | {c} recordatorios hoy | recordatorio \
| recordatorios
settings.count | {c} calendar | {c} calendars | {c} calendario | {c} calendarios | calendario | calendarios
pay.receipts | One receipt | {c} receipts | Un recibo | {c} recibos | recibo | recibos
reports.new | One new report | {c} new reports | Un informe nuevo | {c} informes nuevos | informe | informes"""
# Context | English | Spanish | too long | characters that fit.
SHORT = """tab.members | Members | Miembros | Lista de miembros | 12
tab.bookings | Bookings | Reservas | Todas las reservas | 12
tab.invoices | Invoices | Facturas | Facturas emitidas | 11
button.save | Save | Guardar | Guardar cambios | 10
button.download | Download | Descargar | Descargar archivo | 12
badge.paid | Paid | Pagada | Ya está pagada | 9
badge.waiting | Waiting | En espera | A la espera de respuesta | 12
button.delete | Delete | Eliminar | Eliminar para siempre | 14"""
# Context | English before | English now | Spanish before | Spanish now | what it must say now, and no longer.
CHANGED = """act.first | Delete the booking? | Cancel the booking? | ¿Eliminar la reserva? \
| ¿Cancelar la reserva? | cancel | elimin
act.second | Download the invoice | Download the report | Descargar la factura | Descargar el informe | informe \
| factura
act.third | Choose a member | Choose a tool | Elija un miembro | Elija una herramienta | herramienta | miembro
act.fourth | Send an invoice | Send a reminder | Enviar una factura | Enviar un recordatorio | recordatorio | factura
act.fifth | The room was deleted. | The tool was deleted. | La sala se ha eliminado. \
| La herramienta se ha eliminado. \
| herramienta | sala"""
CHECKLIST = """# Checklist for the Spanish of {app}

Each mistake has one of these types. What is on no line below is no mistake, whatever you would have written.

| type | what is wrong |
|---|---|
| placeholder | What stands in braces, or like %(count)d, is not the same as in the English. Order does not \
matter, and a singular that says "un" or "una" needs no figure. |
| number | A figure is another one, or not written as here: 2,5 and 1.500 for the English 2.5 and 1,500. |
| term | A word of termbase.csv is translated with another word than there. |
| plural | A plural form does not have the number that it is for. |
| untranslated | The Spanish is empty or still English; the entry then has no other mistake. {app} and Quick Room are \
names; Total and Error are Spanish. |
| fuzzy | The entry is marked fuzzy. See below. |
| punctuation | ¿ or ¡ is missing, or the text does not end with the mark that ends the English. |
| address | The reader is addressed as tú. We say usted. |
| length | The text is longer than the developers' comment allows. |

- Entries marked fuzzy: the English was changed after they were translated. Compare with the English as it is now,
  put the Spanish right where it no longer says the same, and take the mark off. Such an entry has the type fuzzy
  and no other.
- Mend what is wrong and leave the rest of the sentence. An entry without a mistake stays as it is, to the letter.
- An entry can have two mistakes; it then has a row for each.
- Comments that begin with `#.` are our developers' and count. Comments that begin with `# ` are what former
  translators said to each other.
- The header, comments, references, flags other than fuzzy, the order and the dead entries at the end (`#~`) stay.
- `review.csv` has the columns `context`, `type`, `was`, `now`: a row for each mistake, `context` as in msgctxt,
  `was` and `now` the whole Spanish text before and after (of plural forms the one that was wrong). Where only a
  mark went, both are the same.
"""


def build(draw: Draw) -> Inputs:
    """Draw the entries, plant the mistakes and write the papers."""
    app, contact, former = draw.choice(APPS), draw.choice(CONTACTS), draw.choice(FORMER)
    entries = _entries(draw)
    errors = _planted(draw, entries)
    entries = draw.shuffled(entries)
    header = _header(draw, app, former)
    wish = f"{former}: por favor, pasarlo todo a tú, queda más cercano"
    entries[draw.integer(5, 30)]["remark"] = wish
    dead = draw.sample(["Old price list", "Print the key", "Send by fax", "Coffee included"], 2)
    terms = _termbase(draw)
    given = {
        "app": app, "contact": contact, "former": former, "entries": entries, "header": header, "dead": dead,
        "terms": {term: [english, spanish] for term, (english, spanish, _) in TERMS.items()},
        "entry_count": len(entries), "po": _po(entries, header, dead), "hotel": HOTEL[0], "basket": "basket",
    }  # fmt: skip
    files = {"es.po": given["po"], "termbase.csv": terms, "checklist.md": CHECKLIST.format(app=app)}
    return Inputs(files=files, given=given, gold={"errors": errors})


def _split(text: str) -> list[list[str]]:
    """Return the rows of a pool; backslash and n in a cell stand for a line feed."""
    return [[cell.strip().replace("\\n", "\n") for cell in line.split(" | ")] for line in text.split("\n")]


def _entries(draw: Draw) -> list[dict[str, Any]]:
    """Draw the entries of the file, all of them right."""
    used: set[str] = set()
    entries = []
    for context, english, spanish, *friendly in draw.sample(_split(SINGLES), 44):
        for token in re.findall(r"\[\w\]", english):
            figure = _figure(draw, token, used)
            english, spanish = (text.replace(token, one) for text, one in zip((english, spanish), figure, strict=True))
            friendly = [text.replace(token, figure[1]) for text in friendly]
        entries.append(_entry(context, english, spanish) | {"friendly": friendly})
    entries += [_entry(*row) for row in draw.sample(_split(BASKETS), 3)]
    entries += [_entry(*row) for row in draw.sample(_split(SOUND), 3)]
    entries.append(_entry(*HOTEL) | {"note": "rooms of a hotel, not ours"})
    for context, one, many, first, second, *nouns in draw.sample(_split(PLURALS), 6):
        forms = [text.replace("{c}", "%(count)d") for text in (one, many, first, second)]
        entries.append(_entry(context, forms[0], "") | {"plural": forms[1], "forms": forms[2:], "nouns": nouns})
    for context, english, spanish, long, limit in draw.sample(_split(SHORT), 4):
        entries.append(
            _entry(context, english, spanish)
            | {"long": long, "limit": int(limit), "note": f"at most {limit} characters"}
        )
    for context, before, now, _, spanish, *words in draw.sample(_split(CHANGED), 1):
        old = next(row for row in _split(CHANGED) if row[0] == context)[3]
        entries.append(_entry(context, now, spanish) | {"before": before, "old": old, "words": words})
    return entries


def _entry(context: str, english: str, spanish: str) -> dict[str, Any]:
    """Return an entry without plural forms; `shown` is what the file to check says."""
    empty = {"plural": "", "forms": [], "nouns": [], "friendly": [], "note": "", "remark": "", "long": "", "limit": 0}
    more = {"before": "", "old": "", "words": [], "is_fuzzy": False, "shown": [], "planted": []}
    return {"context": context, "english": english, "spanish": spanish, **empty, **more}


def _figure(draw: Draw, token: str, used: set[str]) -> tuple[str, str]:
    """Draw a figure that no other entry has, as in English and as in Spanish."""
    while True:
        whole = draw.integer(12, 98)
        if token == "[d]":
            pair = (f"{whole / 10}", f"{whole / 10}".replace(".", ","))
        elif token == "[k]":
            pair = (f"{whole * 130:,}", f"{whole * 130:,}".replace(",", "."))
        else:
            pair = (str(whole), str(whole))
        if pair[0] not in used and not pair[0].endswith(".0"):
            used.add(pair[0])
            return pair


class Planter:
    """Plants mistakes in entries that have none yet."""

    def __init__(self, draw: Draw, entries: list[dict[str, Any]]) -> None:
        sound = {row[0] for row in (*_split(SOUND), list(HOTEL))}
        self.draw, self.free = draw, [entry for entry in entries if entry["context"] not in sound]

    def take(self, count: int, wanted: Callable[[dict[str, Any]], object]) -> list[dict[str, Any]]:
        """Draw entries of a kind."""
        return self.draw.sample([entry for entry in self.free if not entry["planted"] and wanted(entry)], count)

    def plant(self, entry: dict[str, Any], kind: str, text: str, form: int = 0) -> None:
        """Put a mistake into an entry."""
        entry["shown"][form] = text
        entry["planted"].append(kind)

    def plant_rare(self) -> None:
        """Plant what few entries can have."""
        for entry in self.take(2, lambda e: "basket" in e["english"]):
            self.plant(entry, "term", _rival(entry["spanish"], "basket"))
        for entry in self.take(1, lambda e: e["old"]):
            self.plant(entry, "fuzzy", entry["old"])
        for entry in self.take(2, lambda e: e["long"]):
            self.plant(entry, "length", entry["long"])
        for entry in self.take(2, lambda e: e["nouns"] and "%" in e["forms"][0]):
            form = self.draw.integer(0, 1)
            self.plant(entry, "plural", entry["forms"][1 - form], form)

    def plant_figures(self) -> None:
        """Plant wrong figures: one beside a wrong term, one out of date, two others, one dotted as in English."""
        for entry in self.take(1, lambda e: _whole(e) and _terms(e)):
            self.plant(entry, "number", _other_number(self.draw, entry["spanish"]))
            self.plant(entry, "term", _rival(entry["shown"][0], _terms(entry)[0]))
        for entry in self.take(1, _whole):
            entry["before"] = _other_number(self.draw, entry["english"])
            figure = re.findall(r"\d+", entry["before"])[0]
            self.plant(entry, "fuzzy", re.sub(r"\d+", figure, entry["spanish"]))
        for entry in self.take(2, _whole):
            self.plant(entry, "number", _other_number(self.draw, entry["spanish"]))
        for entry in self.take(1, lambda e: re.search(r"\d[.,]\d", e["english"])):
            figure = re.findall(r"\d+[.,]\d+", entry["english"])[0]
            self.plant(entry, "number", re.sub(r"\d+[.,]\d+", figure, entry["spanish"]))

    def plant_others(self) -> None:
        """Plant what most entries can have."""
        for number, entry in enumerate(self.take(3, lambda e: "{" in e["english"])):
            self.plant(entry, "placeholder", _broken(self.draw, entry["spanish"], number))
        for entry in self.take(2, lambda e: e["friendly"]):
            self.plant(entry, "address", entry["friendly"][0])
        for entry in self.take(1, lambda e: e["spanish"].startswith("¿") and not e["old"]):
            self.plant(entry, "punctuation", entry["spanish"].replace("¿", ""))
        for entry in self.take(1, lambda e: e["english"].endswith(".")):
            self.plant(entry, "punctuation", entry["spanish"][:-1])
        for entry in self.take(2, lambda e: _terms(e) and not e["plural"] and not e["limit"]):
            self.plant(entry, "term", _rival(entry["spanish"], _terms(entry)[0]))
        for number, entry in enumerate(self.take(2, lambda e: not e["plural"] and " " in e["english"])):
            self.plant(entry, "untranslated", entry["english"] if number else "")
        for entry in self.take(1, lambda e: not e["plural"] and e["english"].endswith(".")):
            entry["before"] = entry["english"].rstrip(".")
            self.plant(entry, "fuzzy", entry["spanish"])


def _planted(draw: Draw, entries: list[dict[str, Any]]) -> list[list[str]]:
    """Plant the mistakes; return them as context and type."""
    for entry in entries:
        entry["shown"] = list(entry["forms"]) or [entry["spanish"]]
    planter = Planter(draw, entries)
    planter.plant_rare()
    planter.plant_figures()
    planter.plant_others()
    for entry in entries:
        entry["is_fuzzy"] = "fuzzy" in entry["planted"]
    return [[entry["context"], kind] for entry in entries for kind in entry["planted"]]


def _whole(entry: dict[str, Any]) -> bool:
    return bool(re.search(r"(?<![\d.,])\d\d(?![\d.,]\d)", entry["english"])) and not entry["limit"]


def _terms(entry: dict[str, Any]) -> list[str]:
    """Return the terms of an entry, names of placeholders left aside."""
    words = re.sub(r"\{\w+\}", "", entry["english"])
    return [term for term, (english, _, _) in TERMS.items() if re.search(rf"\b{english}\b", words, re.IGNORECASE)]


def _rival(spanish: str, term: str) -> str:
    """Put a former translator's word in the place of the term."""
    for right, wrong in TERMS[term][2]:
        if re.search(right, spanish, re.IGNORECASE):
            return re.sub(
                right, lambda m, w=wrong: w.capitalize() if m[0][0].isupper() else w, spanish, flags=re.IGNORECASE
            )
    raise ValueError(f"{spanish!r} has no {term}")


def _other_number(draw: Draw, text: str) -> str:
    """Change the figure in a text."""
    figure = re.findall(r"\d+", text)[0]
    wrong = draw.choice([n for n in range(12, 99) if str(n) != figure])
    return re.sub(r"\d+", str(wrong), text, count=1)


def _broken(draw: Draw, spanish: str, number: int) -> str:
    """Spoil a placeholder: give it a capital, a blank, or drop its brace."""
    name = draw.choice(re.findall(r"\{\w+\}", spanish))
    return spanish.replace(name, (f"{{{name[1:-1].capitalize()}}}", f"{{ {name[1:-1]} }}", name[:-1])[number])


def _header(draw: Draw, app: str, former: str) -> list[str]:
    return [
        f"Project-Id-Version: {app} {draw.integer(2, 9)}.{draw.integer(0, 9)}",
        f"PO-Revision-Date: 2026-0{draw.integer(5, 9)}-{draw.integer(10, 28)} 10:{draw.integer(10, 59)}+0200",
        f"Last-Translator: {former}",
        "Language: es",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "Plural-Forms: nplurals=2; plural=(n != 1);",
    ]


def _termbase(draw: Draw) -> str:
    """Write the term base; the basket stands there twice, and the later row counts."""
    rows = []
    for term, spanish in SPANISH_TERMS.items():
        note = "a hotel has habitaciones" if term == "room" else ""
        rows.append((term, spanish, f"202{draw.integer(4, 5)}-0{draw.integer(1, 9)}-{draw.integer(10, 28)}", note))
    later = f"2026-0{draw.integer(7, 8)}-{draw.integer(10, 28)}"
    rows = [(*row[:2], later, "") if row[0] == "basket" else row for row in draw.shuffled(rows)]
    place = draw.integer(0, len(rows))
    rows.insert(
        place, ("basket", "canasta", f"2024-0{draw.integer(1, 9)}-{draw.integer(10, 28)}", "until it is replaced")
    )
    return csv_text(("English", "Spanish", "Since", "Note"), rows, delimiter=";")


def quoted(text: str) -> str:
    """Write a text as a po file does."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _po(entries: list[dict[str, Any]], header: list[str], dead: list[str]) -> str:
    """Write the file that is to be checked."""
    lines = ['msgid ""', 'msgstr ""', *[quoted(f"{line}\n") for line in header], ""]
    for number, entry in enumerate(entries):
        lines += [f"# {entry['remark']}"] if entry["remark"] else []
        lines += [f"#. {entry['note']}"] if entry["note"] else []
        lines.append(f"#: {entry['context'].split('.')[0]}.ui:{11 + 7 * number}")
        flags = ["fuzzy"] if entry["is_fuzzy"] else []
        flags += ["python-format"] if "%(" in entry["plural"] else []
        lines += [f"#, {', '.join(flags)}"] if flags else []
        lines += [f"#| msgid {quoted(entry['before'])}"] if entry["is_fuzzy"] else []
        lines += [f"msgctxt {quoted(entry['context'])}", f"msgid {quoted(entry['english'])}"]
        if entry["plural"]:
            lines.append(f"msgid_plural {quoted(entry['plural'])}")
            lines += [f"msgstr[{form}] {quoted(text)}" for form, text in enumerate(entry["shown"])]
        else:
            lines.append(f"msgstr {quoted(entry['shown'][0])}")
        lines.append("")
    for text in dead:
        lines += [f"#~ msgid {quoted(text)}", f"#~ msgstr {quoted('—')}", ""]
    return "\n".join(lines)
