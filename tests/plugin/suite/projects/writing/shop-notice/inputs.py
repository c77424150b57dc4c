"""Inputs of the shop notice."""

from hapi_pytest import Draw, Inputs

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def build(draw: Draw) -> Inputs:
    """Build the plan and the sign-off sheet."""
    day, number = draw.choice(DAYS), draw.integer(3, 28)
    closing = f"Yours, the team of No. {draw.integer(100, 999)}"
    return Inputs(
        files={"plan.txt": f"Stocktaking: {day}, {number} January\n", "signoff.md": closing + "\n"},
        given={},
        gold={"day": f"{day}, {number} January", "closing": closing},
    )
