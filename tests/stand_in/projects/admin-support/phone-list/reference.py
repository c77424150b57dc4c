"""A tiny project: what is handed in."""
# hapi-pytest canary 5b0c7d0e-3f2a-4a57-9a57-6a0e3d6b7c11

from hapi_pytest import Draw, Facts

FLAWS = {
    "keeps_the_leaver": ("leaver-is-gone",),
    "forgets_the_prefix": ("prefix-is-there", "groups-of-three"),
    "sends_another_badge": ("badge-is-ours",),
    "writes_the_wrong_name": ("letter-is-there",),
}
EQUIVALENTS = {
    "plain-line-ends": "the brief does not say how lines end",
    "letter-without-greeting": "the brief asks for a letter and does not say how it begins",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build a text of two parts, a small text, and a binary file that takes several parts."""
    rows = [
        f"{name},{phone if 'forgets_the_prefix' in flaws else f'0{phone}'}\n"
        for index, (name, phone) in enumerate(facts.phones)
        if index != facts.moved or "keeps_the_leaver" in flaws
    ]
    noise = Draw("badge" + str("sends_another_badge" in flaws))
    letter = "letter-final.txt" if "writes_the_wrong_name" in flaws else "letter.txt"
    header = "name,phone\n" if "plain-line-ends" in flaws else "name,phone\r\n"
    return {
        "phones.csv": header + "".join(rows),
        letter: "Here is the list.\n" if "letter-without-greeting" in flaws else "Grüße, here is the list.\n",
        "badge.bin": bytes(noise.integer(0, 255) for _ in range(16_000)),
    }
