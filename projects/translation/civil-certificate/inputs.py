"""A typed-up Portuguese birth record with marginal notes and stamps, the office's form, rules and terms."""
# hapi-pytest canary 5db56fea-6652-4ec7-a2de-42bb1e9fa78f

import datetime
from collections.abc import Mapping
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

CLIENTS = ("Rosalind", "Gareth", "Philippa", "Desmond", "Thérèse", "Anselm", "Bronwen", "Ludo")
BUREAUS = ("Ostrow & Vale", "Lindqvist Legal", "Marsh Lane Translations", "Corder Papers", "Hythe & Partners")
TYPISTS = ("Graça", "Lurdes", "Ângela", "Fátima", "Zulmira", "Hélder", "Nuno", "Vítor")
MEN = (
    *("António", "Joaquim", "Domingos", "Baltazar", "Celestino", "Amâncio", "Firmino", "Gaspar", "Horácio", "Jacinto"),
    *("Júlio", "Lázaro", "Narciso", "Octávio", "Plácido", "Quintino", "Sebastião", "Tomás", "Urbano", "Valentim"),
)
WOMEN = (
    *("Adelaide", "Beatriz", "Conceição", "Deolinda", "Ermelinda", "Felismina", "Gertrudes", "Hermínia", "Idalina"),
    *("Joaquina", "Leopoldina", "Madalena", "Natércia", "Otília", "Palmira", "Quitéria", "Rosária", "Umbelina"),
)
SURNAMES = (
    *("Abrantes", "Barradas", "Caldeira", "Dourado", "Esteves", "Falcão", "Godinho", "Henriques", "Inácio", "Jardim"),
    *("Lobato", "Mourão", "Negrão", "Outeiro", "Patrício", "Quaresma", "Rebelo", "Salgueiro", "Taborda", "Valadão"),
    *("Ferreira", "Carvalho", "Nogueira", "Figueiredo", "Vasconcelos", "Magalhães", "Azevedo", "Brandão", "Siqueira"),
    *("Xavier", "Zagalo", "Batalha", "Cordeiro", "Frazão", "Guerreiro", "Louçã", "Marçal", "Peixinho", "Varão"),
)
# A first name as it was written then, and as it is written now.
BOYS = (
    *(("Manoel", "Manuel"), ("Luiz", "Luís"), ("Ruy", "Rui"), ("Affonso", "Afonso"), ("Emygdio", "Emídio")),
    *(("Raphael", "Rafael"), ("Theodoro", "Teodoro"), ("Mathias", "Matias"), ("Joseph", "José")),
)
GIRLS = (
    *(
        ("Thereza", "Teresa"),
        ("Ignez", "Inês"),
        ("Izabel", "Isabel"),
        ("Mathilde", "Matilde"),
        ("Christina", "Cristina"),
    ),
    *(("Philomena", "Filomena"), ("Esther", "Ester"), ("Sophia", "Sofia"), ("Theodora", "Teodora")),
)
TOWNS = (
    *("Vila Corça", "Arcozinho", "Penha Verde", "Foz do Alvim", "Castelo Bom", "Ribeira Fria", "Monte Redolho"),
    *("Vale de Serpim", "Moinhos da Serra", "Alcáçova Nova", "Porto Calhau", "Sobreda Velha", "Outeiro Alto"),
)
PARISHES = (
    *("São Tiago", "Santa Eufémia", "Nossa Senhora da Lapa", "São Cosme", "Santa Iria", "São Martinho do Vale"),
    *("Santo Amaro", "São Romão", "Santa Comba", "São Gens", "Espírito Santo", "São Bento da Várzea", "Santa Leocádia"),
)
GUESSES = (
    "São Lourenço",
    "São Vicente",
    "Santa Marinha",
    "São Torcato",
    "Santa Luzia",
    "São Pelágio",
    "Santo Ildefonso",
)
STREETS = (
    *("Rua da Fonte", "Rua do Meio", "Travessa do Forno", "Largo do Pelourinho", "Rua da Cadeia", "Rua dos Ferreiros"),
    *("Beco da Amoreira", "Rua do Poço", "Calçada da Igreja", "Rua das Flores", "Largo da Feira", "Rua Nova"),
)
# Portuguese (masculine, feminine where there is one) and English.
TRADES = (
    *(("jornaleiro", "day labourer"), ("lavrador", "farmer"), ("pedreiro", "mason"), ("serralheiro", "locksmith")),
    *(("tanoeiro", "cooper"), ("oleiro", "potter"), ("alfaiate", "tailor"), ("sapateiro", "shoemaker")),
    *(("moleiro", "miller"), ("caixeiro", "shop assistant"), ("ferroviário", "railway worker"), ("marítimo", "seaman")),
    *(("carteiro", "postman"), ("barbeiro", "barber"), ("funileiro", "tinsmith"), ("pastor", "shepherd")),
    *(
        ("proprietário", "landowner"),
        ("abegão", "farm foreman"),
        ("albardeiro", "saddler"),
        ("boticário", "pharmacist"),
    ),
)
WOMENS_TRADES = (
    *(("doméstica", "housewife"), ("costureira", "seamstress"), ("modista", "dressmaker"), ("tecedeira", "weaver")),
    *(("lavadeira", "laundress"), ("padeira", "baker"), ("parteira", "midwife"), ("engomadeira", "ironer")),
)
TERMS = (
    *(
        ("freguesia", "parish"),
        ("concelho", "municipality"),
        ("Conservatória do Registo Civil", "Civil Registry Office"),
    ),
    *(
        ("legítimo, legítima", "legitimate"),
        ("pagou os emolumentos devidos", "fees paid"),
        ("talão n.º", "receipt no."),
    ),
    *(("conservador", "registrar"), ("averbamento", "marginal note")),
    *(
        ("casou", "married"),
        ("faleceu", "died"),
        ("dissolvido por óbito do cônjuge", "dissolved by the death of the spouse"),
        ("digo", "(the writer corrects himself)"),
    ),
    *(("assento", "entry"), ("folhas, v.º", "folio, verso"), ("casamento", "marriage"), ("declarante", "informant")),
)
FIELDS = (
    *("Registry office", "Entry number", "Book", "Folio", "Date of registration", "Given name", "Sex", "Filiation"),
    *("Date of birth", "Time of birth", "Place of birth", "Father: name", "Father: age", "Father: occupation"),
    *("Father: place of birth", "Mother: name", "Mother: age", "Mother: occupation", "Mother: place of birth"),
    *("Parents: nationality", "Parents: residence", "Paternal grandparents", "Maternal grandparents"),
    *("Witness 1: name", "Witness 1: occupation", "Witness 2: name", "Witness 2: occupation", "Registrar"),
)
HEADINGS = ("Birth record", "Entry", "Marginal notes", "Stamps and signatures", "Translator's statement")
STYLES = ("Normal", "Title", "Heading 1", "Normal Table", "Default Paragraph Font")
STATEMENT = "This translation comes with {} notes."
PORTUGUESE_MONTHS = (
    *("Janeiro", "Fevereiro", "Março", "Abril", "Maio", "Junho"),
    *("Julho", "Agosto", "Setembro", "Outubro", "Novembro", "Dezembro"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
DAY = datetime.timedelta(days=1)
UNITS = (
    *("", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze", "treze"),
    *("catorze", "quinze", "dezasseis", "dezassete", "dezoito", "dezanove"),
)
TENS = ("", "", "vinte", "trinta", "quarenta")
HOURS = ("", "uma", "duas", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze")
RECORD = """Transcrito da fotografia por {typist}. [...] quer dizer que não se lê. Entre chavetas { } está o que não é
texto do assento: carimbos, selos, assinaturas. O resto está letra por letra como no papel.

{carimbo: Conservatória do Registo Civil de {town}}
Livro n.º {book}, a folhas {folio} v.º
ASSENTO N.º {entry}

Aos {registered_day} dias do mês de {registered_month} de {registered_year}, nesta Conservatória, perante mim,
{registrar}, conservador, compareceu como declarante {father}{father_age}{father_trade}, natural da freguesia de
{father_parish}, concelho de {father_town}, residente em {town}, {street}, n.º {house}, o qual declarou que no dia
{wrong_day}, digo, {born_day} do mês de {born_month} de {born_year}, {time}, na freguesia de {parish}, concelho de
{town}, nasceu um indivíduo do sexo {sex}, a quem foi dado o nome próprio de {child}, {son} dele, declarante, e de
sua mulher, {mother}{mother_age}{mother_trade}, natural da freguesia de [...] (nota minha: só pode ser {guess}),
concelho de {mother_town}; {grandparents}.
Foram testemunhas {first}, {first_trade}, e {second} [...], {second_trade}.
Este assento foi lido em voz alta na presença de todos, que vão assinar.

{assinatura: {father}}
{assinatura: {first}}
{assinatura ilegível}
{assinatura: {registrar}}

À MARGEM
Averbamento n.º 1 - Casou com {spouse}, na igreja de {church}, em {married}. Assento de casamento n.º {marriage}.
Averbamento n.º 2 - Casamento dissolvido por óbito do cônjuge, em {widowed}.
Averbamento n.º 3 - Faleceu em {died}, na freguesia de {died_parish}, concelho de {died_town}.

{marks}
"""
RULES = """# How we translate certificates

- The form stays as it is: its headings, the names of its fields and their order. Every field is filled in. What the
  record does not say is `[not stated]`, however obvious it may seem.
- Names of persons, places and streets stay as they are spelt in the record, with all accents. Old spellings stay too,
  and need no note.
- Where the writer takes something back (digo), what he says afterwards counts. What he took back is not translated;
  it gets a note of the type correction.
- What cannot be read is `[illegible]`, also within a name, and gets a note of the type illegible. Remarks of whoever
  typed the record up are no part of it; we do not use them, not even when they are right.
- Dates as in 4 March 1931. Times as in 09:05 and 21:05. Ages in figures. Numbers of books, entries, folios and
  receipts as they stand, zeros included; a folio as in 12 verso. Amounts of money as they stand.
- Places as in: parish of Santa Rita, municipality of Lago. A residence is the street and the number, then the town.
- Sex is male or female. Occupations and offices by glossary.csv. Grandparents as in: A and B.
- Marginal notes: one row each with its number, the date of what it tells, and the whole of it in English.
- Stamps and signatures: one row each, in the order in which the record has them from top to bottom, in square
  brackets and worded like these:
    - `[Stamp: Civil Registry Office of Lago]`
    - `[Stamp: Fees paid, receipt no. 0123]`
    - `[Date stamp: 4 March 1931]`
    - `[Revenue stamp: 2$50]`
    - `[Embossed seal]`
    - `[Signature: the name]`, or `[Signature: illegible]`, which needs no note
- `notes.csv` has the columns `no`, `place`, `type`, `source`, `remark`. `place` is the name of the field. `source` is
  what stands in the record there, word for word in Portuguese. `remark` is yours. One row for each note that these
  rules ask for, and no others.
- The statement at the end says how many notes there are, in figures.
"""


def words(number: int) -> str:
    """Return a number below fifty, or a year of the last century, in Portuguese words."""
    if number > 1900:
        return f"mil novecentos e {words(number - 1900)}"
    if number < 20:
        return UNITS[number]
    return TENS[number // 10] + (f" e {UNITS[number % 10]}" if number % 10 else "")


def english(day: datetime.date) -> str:
    """Write a date as the rules want it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def roman(day: datetime.date) -> str:
    """Write a date as the margins have it."""
    return f"{day.day}-{ROMAN[day.month - 1]}-{day.year}"


def build(draw: Draw) -> Inputs:
    """Draw a family, what the registry wrote about it, and the accepted entries of the form."""
    people = _people(draw)
    drawn = _drawn(draw, people)
    said = people | drawn | _said(people, drawn)
    record, marks = _record(draw, said)
    gold = _gold(people, drawn, said) | {"marks": marks, "names": _names(people)}
    for part in ("figures", "trades"):
        gold[part] = {label: value for label, value in gold[part].items() if label != drawn["omitted"]}
    persons = ("father", "mother", "paternal", "maternal", "first", "second", "registrar")
    told = ("typist", "guess", "client", "bureau", "child", "new_child", "omitted")
    given = {
        **{key: said[key] for key in told},
        "fields": list(FIELDS),
        "headings": list(HEADINGS),
        "statement": STATEMENT,
        "styles": list(STYLES),
        "record": record,
        "notes": _notes(said),
        "people": {key: people[key] for key in persons},
    }
    rows = [*TRADES, *WOMENS_TRADES, *TERMS]
    files = {
        "record.txt": record,
        "template.docx": _template(),
        "house-rules.md": RULES,
        "glossary.csv": csv_text(("Portuguese", "English"), draw.shuffled(rows), delimiter=";"),
    }
    return Inputs(files=files, given=given, gold=gold)


def _names(people: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return whom each field names."""
    return {
        "Given name": [people["child"]],
        "Father: name": [people["father"]],
        "Mother: name": [people["mother"]],
        "Paternal grandparents": people["paternal"],
        "Maternal grandparents": people["maternal"],
        "Witness 1: name": [people["first"]],
        "Witness 2: name": [people["second"]],
        "Registrar": [people["registrar"]],
    }


def _notes(said: Mapping[str, Any]) -> list[list[str]]:
    """Return place, type and source of each note that the rules ask for."""
    return [
        ["Date of birth", "correction", f"{said['wrong_day']}, digo, {said['born_day']}"],
        ["Mother: place of birth", "illegible", "freguesia de [...]"],
        ["Witness 2: name", "illegible", f"{said['second']} [...]"],
    ]


def _people(draw: Draw) -> dict[str, Any]:
    """Draw the persons."""
    men, women, surnames = draw.sample(MEN, 6), draw.sample(WOMEN, 4), draw.sample(SURNAMES, 9)
    is_boy = draw.chance(0.5)
    child, new_child = draw.choice(BOYS if is_boy else GIRLS)
    spouses = [name for name in (WOMEN if is_boy else MEN) if name not in (*men, *women)]
    return {
        "child": child, "new_child": new_child, "is_boy": is_boy,
        "father": f"{men[0]} {surnames[0]} {surnames[1]}",
        "mother": f"{women[0]} da Luz {surnames[2]}",
        "paternal": [f"{men[1]} {surnames[1]}", f"{women[1]} {surnames[0]} {surnames[1]}"],
        "maternal": [f"{men[2]} {surnames[2]}", f"{women[2]} de Jesus {surnames[3]}"],
        "first": f"{men[3]} {surnames[4]} {surnames[5]}",
        "second": men[4],
        "registrar": f"{men[5]} {surnames[6]} de {surnames[7]}",
        "spouse": f"{draw.choice(spouses)} {surnames[8]}",
        "typist": draw.choice(TYPISTS), "client": draw.choice(CLIENTS), "bureau": draw.choice(BUREAUS),
        "town": draw.choice(TOWNS), "guess": draw.choice(GUESSES),
    }  # fmt: skip


def _drawn(draw: Draw, people: Mapping[str, Any]) -> dict[str, Any]:
    """Draw days, ages, trades, places and numbers."""
    registered = datetime.date(draw.integer(1927, 1941), draw.integer(1, 12), draw.integer(4, 27))
    days_before = [registered - number * DAY for number in range(4, 24)]
    years = {"married": (1961, 1972), "widowed": (1974, 1989), "died": (1994, 2019)}
    hour, minute, time = _time(draw)
    return {
        "registered": registered,
        "born": draw.choice([day for day in days_before if day.day > 3]),
        "slip": draw.choice([1, 2]),
        "later": {
            key: datetime.date(draw.integer(*span), draw.integer(1, 12), draw.integer(2, 28))
            for key, span in years.items()
        },
        "hour": f"{hour}:{minute:02}",
        "time": time,
        "ages": [draw.integer(27, 49), draw.integer(21, 44)],
        "trades": draw.sample(TRADES, 3),
        "her_trade": draw.choice(WOMENS_TRADES),
        "towns": draw.sample([town for town in TOWNS if town != people["town"]], 3),
        "parishes": draw.sample(PARISHES, 4),
        "omitted": draw.choice(["Father: age", "Father: occupation", "Mother: age", "Mother: occupation"]),
        "book": f"0{draw.integer(102, 987)}-{draw.choice('ABC')}",
        "folio": str(draw.integer(12, 98)),
        "entry": f"0{draw.integer(102, 987)}",
        "street": draw.choice(STREETS),
        "house": draw.integer(11, 98),
        "marriage": f"0{draw.integer(102, 987)}",
    }


def _said(people: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the record says what was drawn."""
    trades, parishes, towns = [pair[0] for pair in drawn["trades"]], drawn["parishes"], drawn["towns"]
    ages = [f", de {words(age)} anos de idade" for age in drawn["ages"]]
    told = {
        "Father: age": ages[0],
        "Father: occupation": f", {trades[0]}",
        "Mother: age": ages[1],
        "Mother: occupation": f", {drawn['her_trade'][0]}",
    } | {drawn["omitted"]: ""}
    is_boy = people["is_boy"]
    sides = (" e de ".join(people[side]) for side in ("paternal", "maternal"))
    grandparents = "neto paterno de {}, e materno de {}" if is_boy else "neta paterna de {}, e materna de {}"
    return {
        **{key: roman(day) for key, day in drawn["later"].items()},
        **dict(zip(("father_age", "father_trade", "mother_age", "mother_trade"), told.values(), strict=True)),
        **dict(zip(("first_trade", "second_trade"), trades[1:], strict=True)),
        **dict(zip(("father_parish", "parish", "church", "died_parish"), parishes, strict=True)),
        **dict(zip(("father_town", "mother_town", "died_town"), towns, strict=True)),
        **_day("registered", drawn["registered"]),
        **_day("born", drawn["born"]),
        "wrong_day": words(drawn["born"].day - drawn["slip"]),
        "son": "filho legítimo" if is_boy else "filha legítima",
        "sex": "masculino" if is_boy else "feminino",
        "grandparents": grandparents.format(*sides),
    }


def _day(name: str, day: datetime.date) -> dict[str, str]:
    """Return day, month and year in Portuguese words."""
    month = PORTUGUESE_MONTHS[day.month - 1]
    return {f"{name}_day": words(day.day), f"{name}_month": month, f"{name}_year": words(day.year)}


def _gold(people: Mapping[str, Any], drawn: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form has to say."""
    trades, later = [pair[1] for pair in drawn["trades"]], {key: english(day) for key, day in drawn["later"].items()}
    return {
        "numbers": {"Entry number": drawn["entry"], "Book": drawn["book"], "Folio": f"{drawn['folio']} verso"},
        "dates": {"Date of registration": english(drawn["registered"]), "Date of birth": english(drawn["born"])},
        "taken_back": english(drawn["born"] - drawn["slip"] * DAY),
        "figures": {
            "Time of birth": drawn["hour"],
            **dict(zip(("Father: age", "Mother: age"), map(str, drawn["ages"]), strict=True)),
        },
        "trades": {
            "Father: occupation": trades[0],
            "Mother: occupation": drawn["her_trade"][1],
            "Witness 1: occupation": trades[1],
            "Witness 2: occupation": trades[2],
        },
        "places": {
            "Registry office": [["office", people["town"]]],
            "Place of birth": [["parish", said["parish"]], ["municipality", people["town"]]],
            "Father: place of birth": [["parish", said["father_parish"]], ["municipality", said["father_town"]]],
            "Mother: place of birth": [["municipality", said["mother_town"]]],
            "Parents: residence": [["", drawn["street"]], ["", str(drawn["house"])], ["", people["town"]]],
        },
        "margin": [
            [later["married"], "married", people["spouse"], said["church"], drawn["marriage"]],
            [later["widowed"], "dissolved", "spouse"],
            [later["died"], "died", said["died_parish"], said["died_town"]],
        ],
        "sex": "male" if people["is_boy"] else "female",
        "not_stated": ["Parents: nationality", drawn["omitted"]],
    }


def _time(draw: Draw) -> tuple[int, int, str]:
    """Draw a time of day after noon: hour, minute, and how the record says it."""
    hour, quarter = draw.integer(2, 10), draw.integer(0, 2)
    part = "da tarde" if hour < 8 else "da noite"
    return hour + 12, 15 * quarter, f"às {HOURS[hour]} horas{('', ' e um quarto', ' e meia')[quarter]} {part}"


def _record(draw: Draw, said: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Write the record; return it with its stamps and signatures as the form wants them."""
    stamped = said["registered"] + draw.integer(1, 9) * DAY
    amount, receipt = f"{draw.integer(3, 28)}${draw.choice(['00', '50', '20'])}", f"0{draw.integer(102, 987)}"
    below = [
        ("{selo branco}", "[Embossed seal]"),
        (f"{{selo fiscal: {amount}}}", f"[Revenue stamp: {amount}]"),
        (
            f"{{carimbo: Pagou os emolumentos devidos, talão n.º {receipt}}}",
            f"[Stamp: Fees paid, receipt no. {receipt}]",
        ),
        (f"{{carimbo de data: {roman(stamped)}}}", f"[Date stamp: {english(stamped)}]"),
    ]
    below = draw.shuffled(below)
    text = RECORD.replace("{marks}", "\n".join(mark for mark, _ in below))
    for key, value in said.items():
        text = text.replace(f"{{{key}}}", str(value))
    marks = [f"[Stamp: Civil Registry Office of {said['town']}]", f"[Signature: {said['father']}]"]
    marks += [f"[Signature: {said['first']}]", "[Signature: illegible]", f"[Signature: {said['registrar']}]"]
    return text, [*marks, *(mark for _, mark in below)]


def _template() -> bytes:
    """Write the form."""
    import docx

    document = docx.Document()
    for style in list(document.styles):  # a form has few, and every one is read with it each time
        if style.name not in STYLES:
            style.delete()
    document.add_heading(HEADINGS[0], 0)
    document.add_heading(HEADINGS[1], 1)
    table = document.add_table(rows=0, cols=2)
    for label in FIELDS:
        table.add_row().cells[0].text = label
    for heading, columns in ((HEADINGS[2], ("No.", "Date", "Text")), (HEADINGS[3], ("No.", "Mark"))):
        document.add_heading(heading, 1)
        table = document.add_table(rows=2, cols=len(columns))
        for cell, name in zip(table.rows[0].cells, columns, strict=True):
            cell.text = name
    document.add_heading(HEADINGS[4], 1)
    document.add_paragraph(STATEMENT.format("___"))
    return office_bytes(document)
