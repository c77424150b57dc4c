"""Inputs of the guest list."""
# hapi-pytest canary 8d0f2a5e-6b1c-4e0f-9a77-2f6c9f1d3b42

import datetime

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import office_bytes

NAMES = ("Abel, Ida", "Brandt, Olaf", "Cruz, Inés", "Dorn, Ruth", "Eder, Karl", "Falk, Mina")


def build(draw: Draw) -> Inputs:
    """Build the list, with one guest who cancelled."""
    import docx

    guests = [(name, draw.integer(101, 299), draw.integer(1, 28)) for name in draw.shuffled(NAMES)]
    cancelled = draw.choice(NAMES)
    price = draw.cents(4000, 9999, 7) / 100
    lines = [f"{n};{nights};{day} May 2026;{'cancelled' if n == cancelled else ''}" for n, nights, day in guests]
    staying = sorted(guest for guest in guests if guest[0] != cancelled)
    nights = sum(nights for _, nights, _ in staying)
    document = docx.Document()
    document.add_paragraph(f"A night costs {price}.")
    return Inputs(
        files={
            "list.csv": "name;nights;arrival;remark\n" + "\n".join(lines) + "\n",
            "rules.docx": office_bytes(document),
        },
        given={"signed": "Greta"},
        gold={
            "staying": [guest[:2] for guest in staying],
            "cancelled": cancelled,
            "nights": nights,
            "takings": round(nights * price, 2),
            "last_day": max(datetime.date(2026, 5, day) + datetime.timedelta(days=n) for _, n, day in staying),
        },
    )
