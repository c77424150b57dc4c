"""Inputs of the guest list."""
# hapi-pytest canary 6a0b7c54-3c61-4a5e-9b0e-6f7f4d0c8b11

from hapi_pytest import Draw, Inputs

NAMES = ("Abel, Ida", "Brandt, Olaf", "Cruz, Inés", "Dorn, Ruth", "Eder, Karl", "Falk, Mina")


def build(draw: Draw) -> Inputs:
    """Build the list, with one guest who cancelled."""
    guests = [(name, draw.integer(101, 299)) for name in draw.shuffled(NAMES)]
    cancelled = draw.choice(NAMES)
    lines = [f"{name};{nights};{'cancelled' if name == cancelled else ''}" for name, nights in guests]
    staying = sorted((name, nights) for name, nights in guests if name != cancelled)
    return Inputs(
        files={"list.csv": "name;nights;remark\n" + "\n".join(lines) + "\n"},
        given={"signed": "Thank you, Greta"},
        gold={"staying": staying, "nights": sum(nights for _, nights in staying), "cancelled": cancelled},
    )
