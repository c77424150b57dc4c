"""The accepted translation, and flawed ones."""
# hapi-pytest canary 7691e12b-d994-4c5a-be16-5fc5201c9098

import copy
import json
import re
from collections.abc import Mapping

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "placeholder-translated": ("code-unchanged",),
    "bold-lost": ("code-unchanged",),
    "replaced-term-used": ("replaced-terms-left-behind",),
    "own-word-for-folder": ("glossary-words-used",),
    "labels-too-long": ("length-limits-kept",),
    "informal-address": ("customers-addressed-formally",),
    "imperative-button": ("buttons-end-in-an-infinitive",),
    "feature-name-translated": ("names-and-fixed-strings-kept",),
    "copyright-translated": ("names-and-fixed-strings-kept",),
    "string-left-in-english": ("nothing-left-in-english",),
    "american-date-kept": ("numbers-and-dates-in-german-form",),
    "straight-quotes": ("punctuation-as-the-note-says",),
    "singular-in-plural-form": ("plural-forms-count-right",),
    "keys-sorted": ("same-keys-in-the-same-order",),
    "please-translated": ("no-bitte",),
    "umlauts-escaped": ("umlauts-readable-in-the-file",),
}
EQUIVALENTS: dict[str, str] = {
    "other-words": "the note fixes terms, names, numbers and marks; another translator words the rest differently",
    "another-layout": "the brief wants valid JSON with the keys in order, and no indent or line ends in particular",
    "marks-as-codes": "the brief likes to see the letters ä, ö, ü and ß as such, and says nothing of other characters",
}
WRONG_NAMES = {
    "Smart Inbox": "Kluger Eingang",
    "Daily Digest": "Tagesüberblick",
    "Focus Room": "Ruheraum",
    "Quick Switch": "Schnellwechsel",
    "Safe Vault": "Tresor",
    "Clean Slate": "Neuanfang",
}
# «first|second» are the rival words of a term, in the form that the sentence needs.
GERMAN = {
    "nav.home": "«Übersicht|Startseite»",
    "nav.files": "Alle Dateien",
    "nav.shared": "Freigaben",
    "nav.trash": "Gelöscht",
    "nav.settings": "«Einstellungen|Optionen»",
    "nav.team": "Team",
    "nav.search": "Suche",
    "nav.templates": "Vorlagen",
    "nav.invoices": "Rechnungen",
    "buttons.save_all": "Alles speichern",
    "buttons.cancel": "Abbrechen",
    "buttons.delete_account": "Konto löschen",
    "buttons.invite": "Mitglieder einladen",
    "buttons.new_workspace": "«Arbeitsbereich|Arbeitsraum» erstellen",
    "buttons.add_label": "«Etikett|Schlagwort» hinzufügen",
    "buttons.try_now": "%F1% jetzt ausprobieren",
    "buttons.upload": "Dateien hochladen",
    "buttons.download": "Ordner herunterladen",
    "buttons.sign_out": "Abmelden",
    "buttons.restore": "Version wiederherstellen",
    "buttons.remove_guest": "Gast entfernen",
    "buttons.share": "Ordner freigeben",
    "buttons.change_password": "Passwort ändern",
    "buttons.mark_read": "Alle als gelesen markieren",
    "buttons.rename_label": "«Etikett|Schlagwort» umbenennen",
    "files.count.one": "{count} Datei",
    "files.count.other": "{count} Dateien",
    "files.drop_hint": "Dateien hier ablegen oder <b>auswählen</b>",
    "files.too_big": "Diese Datei ist größer als %SIZE% GB.",
    "files.delete_confirm": "„{file}“ endgültig löschen?",
    "files.moved": "„{file}“ liegt jetzt im Ordner „{folder}“.",
    "files.saved": "Ihre Änderungen wurden gespeichert.",
    "files.uploading": "{file} wird hochgeladen…",
    "files.upload_done.one": "{count} Datei hochgeladen",
    "files.upload_done.other": "{count} Dateien hochgeladen",
    "files.empty": "Dieser Ordner ist leer.",
    "files.locked": "{name} hat diese Datei gesperrt.",
    "files.restored": "„{file}“ wurde wiederhergestellt.",
    "files.removed": "Die Datei wurde aus dem Ordner entfernt.",
    "files.no_match": "Keine Datei passt zu „{query}“.",
    "sharing.shared_by": "{name} hat {count} Dateien für Sie freigegeben",
    "sharing.comments.one": "{count} Kommentar",
    "sharing.comments.other": "{count} Kommentare",
    "sharing.members.one": "{count} Mitglied",
    "sharing.members.other": "{count} Mitglieder",
    "sharing.invited": "Sie haben {email} eingeladen.",
    "sharing.pending": "Die Einladung an {email} ist noch offen.",
    "sharing.copied": "Kopiert!",
    "sharing.guests.one": "{count} Gast",
    "sharing.guests.other": "{count} Gäste",
    "sharing.stopped": "{name} gibt diesen Ordner nicht mehr für Sie frei.",
    "sharing.comment_added": "{name} hat einen Kommentar zu „{file}“ hinterlassen.",
    "workspace.full": "Ihr «Arbeitsbereich|Arbeitsraum» ist voll. Löschen Sie Dateien, oder fragen Sie "
    "{owner} nach mehr Platz.",
    "workspace.welcome": "Willkommen im «Arbeitsbereich|Arbeitsraum» „{workspace}“!",
    "workspace.leave": "Möchten Sie diesen «Arbeitsbereich|Arbeitsraum» wirklich verlassen?",
    "workspace.renamed": "Der «Arbeitsbereich|Arbeitsraum» heißt jetzt „{workspace}“.",
    "workspace.left": "{name} hat den «Arbeitsbereich|Arbeitsraum» verlassen.",
    "notifications.off": "«Benachrichtigungen|Mitteilungen» sind ausgeschaltet. Sie können sie in Ihren "
    "«Einstellungen|Optionen» einschalten.",
    "notifications.daily": "%F2% sendet eine «Benachrichtigung|Mitteilung» pro Tag.",
    "notifications.new": "Sie haben eine neue «Benachrichtigung|Mitteilung».",
    "notifications.email": "«Benachrichtigungen|Mitteilungen» an {email} senden",
    "labels.empty": "Sie haben noch keine «Etiketten|Schlagwörter».",
    "labels.hint": "«Etiketten|Schlagwörter» helfen Ihnen, Aufgaben wiederzufinden.",
    "labels.deleted": "Das «Etikett|Schlagwort» „{label}“ wurde gelöscht.",
    "dashboard.intro": "Ihre «Übersicht|Startseite» zeigt, was sich seit {date} geändert hat.",
    "dashboard.reset": "«Übersicht|Startseite» zurücksetzen?",
    "account.trial_end": "Ihr Probezeitraum endet am %DATE%.",
    "account.password_rule": "Ihr Passwort braucht mindestens {min} Zeichen.",
    "account.wrong_password": "Das Passwort ist falsch. Versuchen Sie es noch einmal.",
    "account.support_hours": "Unser Kundendienst antwortet bis %TIME% Uhr.",
    "account.signed_in": "Sie sind als {email} angemeldet.",
    "account.sign_in_again": "Melden Sie sich erneut an.",
    "account.devices.one": "{count} Gerät",
    "account.devices.other": "{count} Geräte",
    "account.password_changed": "Ihr Passwort wurde geändert.",
    "account.email_taken": "Diese E-Mail-Adresse wird bereits verwendet.",
    "billing.rows": "Ihr Tarif umfasst %ROWS% Zeilen im Monat.",
    "billing.ready": "Ihre Rechnung für {month} liegt bereit.",
    "billing.open.one": "{count} offene Rechnung",
    "billing.open.other": "{count} offene Rechnungen",
    "billing.failed": "Die Zahlung ist fehlgeschlagen. Verwenden Sie eine andere Karte.",
    "billing.thanks": "Vielen Dank für Ihre Zahlung!",
    "errors.offline": "Sie sind offline. Prüfen Sie Ihre Verbindung.",
    "errors.generic": "Etwas ist schiefgegangen.",
    "errors.timeout": "Der Server braucht zu lange für eine Antwort.",
    "errors.no_access": "Sie dürfen diesen Ordner nicht öffnen. Fragen Sie {owner} nach Zugriff.",
    "errors.code": "Fehler {code}: <b>{reason}</b>",
    "badge.expired": "Abgelaufen",
    "badge.waiting": "Ungeprüft",
    "badge.paid": "Bezahlt",
    "badge.draft": "Entwurf",
    "table.name": "Name",
    "table.changed": "Geändert",
    "table.owner": "Besitzer",
    "table.size": "Dateigröße",
    "table.status": "Status",
    "tasks.open.one": "{count} offene Aufgabe",
    "tasks.open.other": "{count} offene Aufgaben",
    "tasks.done": "Die Aufgabe „{task}“ ist erledigt.",
    "help.about": "%APP% hält Ihre Dateien auf jedem Gerät auf demselben Stand.",
    "help.version": "Version {version}",
    "help.contact": "Fragen? Schreiben Sie an {email}.",
    "help.faster": "Mit %F1% kommen Sie schneller durch Ihre Aufgaben.",
    "help.more": "Mehr über %F2% lesen",
}
OTHER_WORDS = {
    "nav.shared": "Freigegeben",
    "nav.search": "Suchen",
    "buttons.delete_account": "Das Konto löschen",
    "buttons.new_workspace": "Neuen «Arbeitsbereich|Arbeitsraum» anlegen",
    "buttons.try_now": "Jetzt %F1% ausprobieren",
    "buttons.mark_read": "Alles als gelesen kennzeichnen",
    "files.drop_hint": "Dateien hierher ziehen oder <b>aussuchen</b>",
    "files.too_big": "Die Datei überschreitet %SIZE%\N{NO-BREAK SPACE}GB.",
    "files.delete_confirm": "Soll „{file}“ für immer gelöscht werden?",
    "files.moved": "Der Ordner „{folder}“ enthält jetzt „{file}“.",
    "files.saved": "Wir haben Ihre Änderungen gespeichert.",
    "files.uploading": "{file} lädt gerade hoch…",
    "files.empty": "In diesem Ordner liegt noch nichts.",
    "files.locked": "Diese Datei ist durch {name} gesperrt.",
    "sharing.shared_by": "{name} gab {count} Dateien für Sie frei",
    "sharing.invited": "Sie haben eine Einladung an {email} geschickt.",
    "sharing.pending": "{email} hat Ihre Einladung noch nicht angenommen.",
    "sharing.comment_added": "Zu „{file}“ gibt es einen Kommentar von {name}.",
    "workspace.full": "In Ihrem «Arbeitsbereich|Arbeitsraum» ist kein Platz mehr. Löschen Sie Dateien, oder bitten Sie "
    "{owner} um mehr.",
    "workspace.welcome": "Herzlich willkommen im «Arbeitsbereich|Arbeitsraum» „{workspace}“!",
    "workspace.renamed": "Der «Arbeitsbereich|Arbeitsraum» trägt jetzt den Namen „{workspace}“.",
    "notifications.daily": "Von %F2% kommt täglich eine «Benachrichtigung|Mitteilung».",
    "notifications.new": "Es gibt eine neue «Benachrichtigung|Mitteilung» für Sie.",
    "labels.empty": "Bisher gibt es hier keine «Etiketten|Schlagwörter».",
    "dashboard.intro": "Was sich seit {date} geändert hat, sehen Sie auf der «Übersicht|Startseite».",
    "account.trial_end": "Sie können noch bis zum %DATE% testen.",
    "account.password_rule": "Wählen Sie ein Passwort mit {min} oder mehr Zeichen.",
    "account.support_hours": "Bis %TIME% Uhr antwortet unser Kundendienst.",
    "account.sign_in_again": "Sie müssen sich neu anmelden.",
    "billing.rows": "In Ihrem Tarif sind %ROWS% Zeilen pro Monat enthalten.",
    "billing.failed": "Die Zahlung hat nicht geklappt. Nehmen Sie eine andere Karte.",
    "errors.generic": "Da ist etwas schiefgelaufen.",
    "errors.timeout": "Vom Server kam zu lange keine Antwort.",
    "badge.expired": "Ungültig",
    "badge.waiting": "In Prüfung",
    "table.changed": "Änderung",
    "table.owner": "Inhaber",
    "help.about": "Mit %APP% sind Ihre Dateien auf allen Geräten gleich aktuell.",
    "help.contact": "Sie haben Fragen? Schreiben Sie uns an {email}.",
    "help.faster": "Ihre Aufgaben gehen mit %F1% schneller von der Hand.",
}
SLIPS = {
    "placeholder-translated": {"files.count.other": "{anzahl} Dateien"},
    "bold-lost": {"files.drop_hint": "Dateien hier ablegen oder auswählen"},
    "own-word-for-folder": {"files.moved": "„{file}“ liegt jetzt im Verzeichnis „{folder}“."},
    "labels-too-long": {"nav.trash": "Zuletzt gelöscht", "buttons.save_all": "Alle Änderungen speichern"},
    "informal-address": {"files.saved": "Deine Änderungen wurden gespeichert."},
    "imperative-button": {"buttons.delete_account": "Lösche dieses Konto"},
    "string-left-in-english": {"errors.generic": "Something went wrong."},
    "straight-quotes": {"files.delete_confirm": '"{file}" endgültig löschen?'},
    "singular-in-plural-form": {"sharing.members.other": "{count} Mitglied"},
    "please-translated": {"errors.offline": "Sie sind offline. Bitte prüfen Sie Ihre Verbindung."},
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write the German strings in the tree of the English ones."""
    german = GERMAN | (OTHER_WORDS if "other-words" in flaws else {})
    for flaw in sorted(flaws & set(SLIPS)):
        german |= SLIPS[flaw]
    app, first, second = facts.names
    first = WRONG_NAMES[first] if "feature-name-translated" in flaws else first
    values = {"APP": app, "F1": first, "F2": second, **facts.localised}
    if "american-date-kept" in flaws:
        values["DATE"] = facts.english["account.trial_end"].split()[-1].rstrip(".")
    chosen = dict(facts.current)
    if "replaced-term-used" in flaws:
        chosen |= {term: 1 - chosen[term] for term in facts.stale}
    tree = copy.deepcopy(facts.tree)
    tree["meta"]["locale"] = "de-DE"
    for path, english in facts.english.items():
        text = english
        if path not in facts.kept:
            text = re.sub(r"«(.+?)\|(.+?)»", lambda match: rival(facts, chosen, match), german[path])
            text = re.sub(r"%(\w+)%", lambda match: values[match[1]], text)
        elif path == "legal.copyright" and "copyright-translated" in flaws:
            text = english.replace("All rights reserved", "Alle Rechte vorbehalten")
        put(tree, path, text)
    return {"de.json": written(tree, flaws)}


def written(tree: dict, flaws: frozenset[str]) -> str:
    """Write the tree as JSON."""
    is_other = "another-layout" in flaws
    is_escaped, is_sorted = "umlauts-escaped" in flaws, "keys-sorted" in flaws
    text = json.dumps(tree, ensure_ascii=is_escaped, indent="\t" if is_other else 2, sort_keys=is_sorted) + "\n"
    if "marks-as-codes" in flaws:
        text = re.sub("[„“…©]", lambda match: f"\\u{ord(match[0]):04x}", text)
    return text.rstrip().replace("\n", "\r\n") if is_other else text


def rival(facts: Facts, chosen: Mapping[str, int], match: re.Match[str]) -> str:
    """Return the chosen one of two rival words."""
    for term, forms in facts.rival_forms.items():
        if re.match(forms[0], match[1], re.IGNORECASE):
            return str(match[chosen[term] + 1])
    raise KeyError(match[1])


def put(tree: dict, path: str, text: str) -> None:
    """Set a string in the tree."""
    *folders, leaf = path.split(".")
    for folder in folders:
        tree = tree[folder]
    tree[leaf] = text
