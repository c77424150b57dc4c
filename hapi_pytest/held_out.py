"""Variants that nobody has seen: their seeds come from a secret that a team keeps to itself."""

import hashlib
import hmac
import os
import re
from collections.abc import Iterable
from pathlib import Path

from hapi_pytest.errors import CommandLineError

VARIABLE = "HAPI_HELD_OUT_SECRET"
SHORTEST = 16
"""Characters; what is shorter can be guessed, and then built."""
WORD = "held-out"
MOST = 1000
"""Variants at once."""
FIRST = 1 << 40
"""Numbers from here on are held-out variants."""
HOME = ".hapi"
"""What lies there is ignored by git."""
RECORDINGS = f"{HOME}/{WORD}"


def is_held_out(number: int) -> bool:
    """Tell whether a variant's seed comes from the secret."""
    return number >= FIRST


def numbers(text: str) -> list[int]:
    """Return the variants that `held-out` or `held-out:5` names, each a keyed hash; raises ValueError."""
    _, colon, count = text.partition(":")
    if colon and not (re.fullmatch(r"\d{1,4}", count) and 1 <= int(count) <= MOST):
        raise ValueError(f"{text!r}: give held-out, or a count from 1 to {MOST} as in held-out:5")
    try:
        return [FIRST + int(_keyed(f"{WORD}:{place}")[:10], 16) for place in range(int(count or 1))]
    except CommandLineError as error:
        raise ValueError(f"{text!r}: {error}") from None


def known(count: int) -> list[int]:
    """Return the first held-out variants, and none where there is no secret."""
    return numbers(f"{WORD}:{count}") if os.environ.get(VARIABLE) else []


def seed(project: str, number: int) -> str:
    """Return the seed of a held-out variant of a project; raises CommandLineError without the secret."""
    return _keyed(f"{project}:{number}")


def check_target(target: Path, variants: Iterable[int], root: Path) -> None:
    """Raise CommandLineError where what is written of held-out variants would not be ignored by git."""
    home = (root / HOME).resolve()
    if any(map(is_held_out, variants)) and not target.resolve().is_relative_to(home):
        raise CommandLineError(
            f"{target}: what is written of held-out variants shows them to everybody who can read it\n"
            f"  allowed: a place below {HOME}/, which git ignores\n"
            f"  fix:     write it to {HOME}/{target.name}"
        )


def _keyed(text: str) -> str:
    """Return HMAC-SHA-256 of a text with the secret, in hexadecimal digits."""
    secret = os.environ.get(VARIABLE, "")
    if len(secret) < SHORTEST:
        problem = "is too short to be a secret" if secret else "is not set"
        raise CommandLineError(
            f"the environment variable {VARIABLE} {problem}, and held-out variants are drawn from it\n"
            f"  allowed: {SHORTEST} characters or more, known to your team alone\n"
            f"  fix:     keep one where your CI keeps its secrets, for example from `openssl rand -hex 32`"
        )
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
