"""The English strings of a web app, a glossary with replaced terms, length limits and a style note."""
# hapi-pytest canary 7691e12b-d994-4c5a-be16-5fc5201c9098

import datetime
import json
import re
from collections.abc import Mapping

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

Text = str | tuple[str, str]
APPS = ("Fernwick", "Tidemark", "Nestorio", "Brightloom", "Kitebase")
FEATURES = ("Smart Inbox", "Daily Digest", "Focus Room", "Quick Switch", "Safe Vault", "Clean Slate")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECTIONS = (
    *("nav", "buttons", "files", "sharing", "workspace", "notifications", "labels", "dashboard"),
    *("account", "billing", "errors", "badge", "table", "tasks", "help", "legal"),
)
KEPT = ("legal.copyright", "legal.log_line")
COGNATES = ("nav.team", "table.name", "table.status", "help.version")

# Every variant has these: the traps rest on them. Pairs are the singular and the plural form.
CORE: dict[str, Text] = {
    "nav.home": "Dashboard",
    "nav.files": "All files",
    "nav.shared": "Shared with me",
    "nav.trash": "Recently deleted",
    "nav.settings": "Settings",
    "nav.team": "Team",
    "buttons.save_all": "Save all changes",
    "buttons.cancel": "Cancel",
    "buttons.delete_account": "Delete account",
    "buttons.invite": "Invite members",
    "buttons.new_workspace": "Create workspace",
    "buttons.add_label": "Add label",
    "buttons.try_now": "Try %F1% now",
    "files.count": ("{count} file", "{count} files"),
    "files.drop_hint": "Drop files here or <b>choose them</b>",
    "files.too_big": "This file is larger than %SIZE% GB.",
    "files.delete_confirm": "Delete “{file}” for good?",
    "files.moved": "“{file}” is now in the folder “{folder}”.",
    "files.saved": "Your changes were saved.",
    "sharing.shared_by": "{name} shared {count} files with you",
    "sharing.comments": ("{count} comment", "{count} comments"),
    "sharing.members": ("{count} member", "{count} members"),
    "workspace.full": "Your workspace is full. Delete files or ask {owner} for more room.",
    "workspace.welcome": "Welcome to the workspace “{workspace}”!",
    "notifications.off": "Notifications are off. You can turn them on in your settings.",
    "notifications.daily": "%F2% sends one notification a day.",
    "labels.empty": "You have no labels yet.",
    "dashboard.intro": "Your dashboard shows what has changed since {date}.",
    "account.trial_end": "Your trial ends on %DATE%.",
    "account.password_rule": "Your password needs at least {min} characters.",
    "account.wrong_password": "The password is wrong. Please try again.",
    "account.support_hours": "Our support answers until %TIME% pm.",
    "billing.rows": "Your plan covers %ROWS% rows a month.",
    "errors.offline": "You are offline. Please check your connection.",
    "errors.generic": "Something went wrong.",
    "badge.expired": "No longer valid",
    "badge.waiting": "Waiting for approval",
    "table.name": "Name",
    "table.changed": "Last changed",
    "table.owner": "Owner",
    "help.about": "%APP% keeps your files in step on every device.",
    "legal.copyright": "© 2026 %APP% Ltd. All rights reserved.",
    "legal.log_line": "%APP% log {id}: sync finished",
}
# A variant has some of these.
EXTRA: dict[str, Text] = {
    "nav.search": "Search",
    "nav.templates": "Templates",
    "nav.invoices": "Invoices",
    "buttons.upload": "Upload files",
    "buttons.download": "Download folder",
    "buttons.sign_out": "Sign out",
    "buttons.restore": "Restore version",
    "buttons.remove_guest": "Remove guest",
    "buttons.share": "Share folder",
    "buttons.change_password": "Change password",
    "buttons.mark_read": "Mark all as read",
    "buttons.rename_label": "Rename label",
    "files.uploading": "Uploading {file}…",
    "files.upload_done": ("{count} file uploaded", "{count} files uploaded"),
    "files.empty": "This folder is empty.",
    "files.locked": "{name} has locked this file.",
    "files.restored": "“{file}” was restored.",
    "files.removed": "The file was removed from the folder.",
    "files.no_match": "No file matches “{query}”.",
    "sharing.invited": "You invited {email}.",
    "sharing.pending": "The invitation to {email} is still open.",
    "sharing.copied": "Copied!",
    "sharing.guests": ("{count} guest", "{count} guests"),
    "sharing.stopped": "{name} no longer shares this folder with you.",
    "sharing.comment_added": "{name} left a comment on “{file}”.",
    "workspace.leave": "Do you really want to leave this workspace?",
    "workspace.renamed": "The workspace is now called “{workspace}”.",
    "workspace.left": "{name} has left the workspace.",
    "notifications.new": "You have a new notification.",
    "notifications.email": "Send notifications to {email}",
    "labels.hint": "Labels help you find tasks again.",
    "labels.deleted": "The label “{label}” was deleted.",
    "dashboard.reset": "Reset the dashboard?",
    "account.signed_in": "You are signed in as {email}.",
    "account.sign_in_again": "Please sign in again.",
    "account.devices": ("{count} device", "{count} devices"),
    "account.password_changed": "Your password was changed.",
    "account.email_taken": "This email address is already in use.",
    "billing.ready": "Your invoice for {month} is ready.",
    "billing.open": ("{count} open invoice", "{count} open invoices"),
    "billing.failed": "The payment failed. Please use another card.",
    "billing.thanks": "Thank you for your payment!",
    "errors.timeout": "The server takes too long to answer.",
    "errors.no_access": "You may not open this folder. Ask {owner} for access.",
    "errors.code": "Error {code}: <b>{reason}</b>",
    "badge.paid": "Already paid",
    "badge.draft": "Not finished yet",
    "table.size": "File size",
    "table.status": "Status",
    "tasks.open": ("{count} open task", "{count} open tasks"),
    "tasks.done": "The task “{task}” is done.",
    "help.version": "Version {version}",
    "help.contact": "Questions? Write to {email}.",
    "help.faster": "With %F1% you get through your tasks faster.",
    "help.more": "Read more about %F2%",
}
# English term: its forms in the strings, the German word and plural, and what every form of that contains.
TERMS = {
    "file": (r"files?", "Datei", "Dateien", r"datei"),
    "folder": (r"folders?", "Ordner", "Ordner", r"ordner"),
    "account": (r"accounts?", "Konto", "Konten", r"kont[oe]"),
    "password": (r"passwords?", "Passwort", "Passwörter", r"passw[oö]rt"),
    "delete": (r"deleted?", "löschen", "", r"lösch"),
    "remove": (r"removed?", "entfernen", "", r"entfern"),
    "restore": (r"restored?", "wiederherstellen", "", r"wieder\s?her|wiederzuher"),
    "save": (r"saved?", "speichern", "", r"speicher"),
    "upload": (r"upload(?:ed|ing)?", "hochladen", "", r"hoch\w*l[aä]d|l[aäu]d.*\bhoch\b"),
    "download": (r"download(?:ed|ing)?", "herunterladen", "", r"herunter\w*l[aä]d|l[aäu]d.*\bherunter\b"),
    "share": (r"share[ds]?", "freigeben", "", r"frei\w*g[aei]b|\bg[aei]b.*\bfrei\b"),
    "invite, invitation": (
        r"invited?|invitation",
        "einladen, Einladung",
        "",
        r"ein\w*l[aä]d|l[aäu]d.*\bein\b",
    ),
    "comment": (r"comments?", "Kommentar", "Kommentare", r"komment"),
    "member": (r"members?", "Mitglied", "Mitglieder", r"mitglied"),
    "guest": (r"guests?", "Gast", "Gäste", r"gast|gäst"),
    "device": (r"devices?", "Gerät", "Geräte", r"gerät"),
    "task": (r"tasks?", "Aufgabe", "Aufgaben", r"aufgabe"),
    "template": (r"templates?", "Vorlage", "Vorlagen", r"vorlage"),
    "invoice": (r"invoices?", "Rechnung", "Rechnungen", r"rechnung"),
    "payment": (r"payments?", "Zahlung", "Zahlungen", r"zahlung"),
    "sign in": (r"sign(?:ed)? in", "anmelden", "", r"an\w*meld|meld.*\ban\b"),
    "sign out": (r"sign(?:ed)? out", "abmelden", "", r"ab\w*meld|meld.*\bab\b"),
    "search": (r"search", "suchen, Suche", "", r"such"),
    "email address": (r"email address", "E-Mail-Adresse", "E-Mail-Adressen", r"e-mail-adresse"),
}
# Terms with two German words; the seed decides which one holds, and which two terms still list the other.
RIVALS = {
    "workspace": (("Arbeitsbereich", "Arbeitsbereiche"), ("Arbeitsraum", "Arbeitsräume")),
    "notification": (("Benachrichtigung", "Benachrichtigungen"), ("Mitteilung", "Mitteilungen")),
    "settings": (("Einstellungen", ""), ("Optionen", "")),
    "label": (("Etikett", "Etiketten"), ("Schlagwort", "Schlagwörter")),
    "dashboard": (("Übersicht", ""), ("Startseite", "")),
}
RIVAL_FORMS = {
    "workspace": (r"arbeitsbereich", r"arbeitsr[aä]um"),
    "notification": (r"benachrichtig", r"mitteilung"),
    "settings": (r"einstellung", r"option"),
    "label": (r"etikett", r"schlagw[oö]rt"),
    "dashboard": (r"übersicht", r"startseite"),
}


def strings(draw: Draw, values: Mapping[str, str]) -> dict[str, str]:
    """Draw the strings and return them by path, section by section, with the drawn values filled in."""
    chosen = CORE | {key: EXTRA[key] for key in draw.sample(sorted(EXTRA), draw.integer(30, 36))}
    ordered = [key for section in SECTIONS for key in (*CORE, *EXTRA) if key.startswith(f"{section}.")]
    flat: dict[str, str] = {}
    for key in ordered:
        text = chosen.get(key)
        if isinstance(text, str):
            flat[key] = text
        elif text:
            flat[f"{key}.one"], flat[f"{key}.other"] = text
    return {path: filled(text, values) for path, text in flat.items()}


def nested(flat: Mapping[str, str], revision: int) -> dict[str, object]:
    """Return the strings as the app's tree, with its head."""
    tree: dict[str, object] = {"meta": {"locale": "en-US", "revision": revision}}
    for path, text in flat.items():
        *folders, leaf = path.split(".")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})  # type: ignore[assignment]  # all inner nodes are objects
        place[leaf] = text
    return tree


def day(draw: Draw, date: datetime.date) -> str:
    """Write a date in one of the styles of the people who keep the glossary."""
    month = MONTHS[date.month - 1]
    return draw.choice([date.isoformat(), f"{date.day} {month} {date.year}", f"{month} {date.day}, {date.year}"])


def glossary(draw: Draw, current: Mapping[str, int], stale: list[str]) -> str:
    """Write the glossary; one replaced word stands above its successor, one below, under older dates."""
    low, high = datetime.date(2025, 11, 3), datetime.date(2026, 8, 28)
    rows = [[term, word, plural, day(draw, draw.date(low, high)), ""] for term, (_, word, plural, _) in TERMS.items()]
    for term, words in RIVALS.items():
        rows.append([term, *words[current[term]], day(draw, draw.date(low, high)), ""])
    rows = draw.shuffled(rows)
    for index, term in enumerate(stale):
        successor = [row[0] for row in rows].index(term)
        place = draw.integer(0, successor) if index == 0 else len(rows)
        date = draw.date(datetime.date(2024, 2, 1), datetime.date(2025, 9, 30))
        note = draw.choice(["web team", "agreed", ""])
        rows.insert(place, [term, *RIVALS[term][1 - current[term]], day(draw, date), note])
    return csv_text(["English", "German", "German plural", "Updated", "Note"], rows, delimiter=";")


NOTE = {
    "Tone": "We address customers formally, as Sie, never as du or ihr. We do not write bitte, however "
    "often the English says please.",
    "Buttons": "Everything under buttons ends in an infinitive: Datei öffnen, not Öffne die Datei and not "
    "Öffnen Sie die Datei.",
    "Glossary": "Where an English term of glossary.csv occurs, its German word is used, in whatever form or "
    "compound the sentence needs. If a term stands twice in the glossary, the row with the later "
    "date counts.",
    "Names": "%APP%, %F1% and %F2% are names. They stay as they are, inside German sentences too. The "
    "strings legal.copyright and legal.log_line are read by lawyers and by machines: leave both "
    "in English, letter for letter.",
    "English words": "Everything else is translated. Only Team, Name, Status and Version may look the same "
    "in both languages.",
    "Numbers, dates, times": "The English is American: dates are month/day/year. In German we write "
    "31.12.2026, 1,5 and 10.000, and the 24-hour clock as in 18:45.",
    "Punctuation": "Quotation marks are „ and “, never straight ones. A string ends with the same mark as "
    "the English one (full stop, question mark, exclamation mark, colon or …), and without one where "
    "the English has none.",
    "Code": "Whatever stands in curly braces or in angle brackets is code. It stays as it is, in each of "
    "the two plural forms (one and other) as in the English ones; it may move within the "
    "sentence.",
}


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put drawn values in the place of %NAMES%."""
    return re.sub(r"%(\w+)%", lambda match: values[match[1]], text)


def style_docx(app: str, features: list[str]) -> bytes:
    """Write the style note."""
    import docx

    document = docx.Document()
    document.add_heading(f"{app} in German: style note", 1)
    for title, text in NOTE.items():
        document.add_heading(title, 2)
        names = {"APP": app, "F1": features[0], "F2": features[1]}
        document.add_paragraph(filled(text, names))
    return office_bytes(document)


def says(text: str, pattern: str) -> bool:
    """Tell whether an English string has a word, its placeholders left aside."""
    return bool(re.search(rf"\b(?:{pattern})\b", re.sub(r"\{\w+\}", "", text), re.IGNORECASE))


def plurals(flat: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the singular and plural that each pair of forms counts."""
    found = {}
    for path, text in flat.items():
        if path.endswith(".one"):
            nouns = [[one, many] for pattern, one, many, _ in TERMS.values() if many and says(text, pattern)]
            found[path.removesuffix(".one")] = nouns[0]
    return found


def build(draw: Draw) -> Inputs:
    """Build the attachments and the facts."""
    app, features = draw.choice(APPS), draw.sample(FEATURES, 2)
    whole, thousands, hundreds = draw.integer(1, 8), draw.integer(2, 38), draw.cents(150, 950, step=50)
    hour, minute = draw.integer(1, 8), draw.cents(5, 55, step=5)
    month, date = draw.sample(range(1, 13), 2)
    values = {
        "APP": app,
        "F1": features[0],
        "F2": features[1],
        "SIZE": f"{whole}.5",
        "ROWS": f"{thousands},{hundreds}",
        "TIME": f"{hour}:{minute:02}",
        "DATE": f"{month:02}/{date:02}/2027",
    }
    flat = strings(draw, values)
    revision = draw.integer(210, 980)
    current = {term: draw.integer(0, 1) for term in RIVALS}
    stale = sorted(draw.sample(sorted(RIVALS), 2))
    limits = {
        "nav.*": draw.integer(13, 15),
        "badge.*": draw.integer(11, 14),
        "table.*": draw.integer(11, 14),
        "buttons.save_all": draw.integer(16, 22),
        "sharing.shared_by": draw.integer(54, 60),
    }
    tree = nested(flat, revision)
    given = {
        "app": app, "feature": features[0], "names": [app, *features], "english": flat, "tree": tree,
        "revision": revision, "limits": limits, "kept": list(KEPT), "cognates": list(COGNATES),
        "stale": stale, "stale_terms": " and ".join(stale), "string_count": len(flat),
        "terms": {p: [form for word, _, _, form in TERMS.values() if says(t, word)] for p, t in flat.items()},
        "rivals": {path: [term for term in RIVALS if says(text, f"{term}s?")] for path, text in flat.items()},
        "rival_forms": RIVAL_FORMS, "plurals": plurals(flat),
    }  # fmt: skip
    gold = {
        "current": current,
        "localised": {
            "SIZE": f"{whole},5", "ROWS": f"{thousands}.{hundreds}", "TIME": f"{hour + 12}:{minute:02}",
            "DATE": f"{date:02}.{month:02}.2027",
        },
    }  # fmt: skip
    files = {
        "en.json": json.dumps(tree, ensure_ascii=False, indent=2) + "\n",
        "glossary.csv": glossary(draw, current, stale),
        "limits.csv": csv_text(["strings", "max_characters"], [*limits.items(), ("onboarding.*", 80)]),
        "style-note.docx": style_docx(app, features),
    }
    return Inputs(files=files, given=given, gold=gold)
