"""A tiny project: its attachments."""
# hapi-pytest canary 5b0c7d0e-3f2a-4a57-9a57-6a0e3d6b7c11

from hapi_pytest import Draw, Inputs


def build(draw: Draw) -> Inputs:
    """Build a list of people that is longer than one look at it shows, and a change that comes at its end."""
    people = [(f"Person {number:04d}", draw.integer(100_000, 999_999)) for number in range(1_200)]
    moved = draw.integer(0, 1_199)
    return Inputs(
        files={
            "people.csv": "name,phone\n" + "".join(f"{name},{phone}\n" for name, phone in people),
            "changes.txt": f"{people[moved][0]} has left.\n",
            "rules.json": '{\n  "groups": 3,\n  "prefix":   "0"\n}\n',
            "photo.bin": bytes(range(256)) * 4,
        },
        given={"team": draw.choice(["north desk", "south desk"]), "client": "Ida"},
        gold={"phones": people, "moved": moved},
    )
