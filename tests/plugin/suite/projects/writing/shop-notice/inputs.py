"""Inputs of the shop notice."""
# hapi-pytest canary 1b8f5c0e-52a0-4b5e-8f9a-0f5b4f1e2d33

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
