"""Keys that must never reach a file: scrubbing before writing, scanning before reading."""

import functools
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hapi_pytest.errors import CommandLineError

SCRUBBED = "[scrubbed]"
SHORTEST = 10
"""Shorter values are no keys but words such as "none" and "stand-in", which stand in every recording."""
_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)
_SHAPES = re.compile(
    r"sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}"
    r"|AIza[0-9A-Za-z_-]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AKIA[0-9A-Z]{16}"
    r"|Bearer\s+[A-Za-z0-9._~+/-]{16,}=*"
)
_STARTS = re.compile(rb"sk-|AIza|gh[oprsu]_|xox|AKIA|Bearer")
"""How keys begin: a quick look before the thorough one."""


def environment_secrets(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the values of environment variables whose names speak of keys, longest first."""
    environment = os.environ if environment is None else environment
    # Names alone are iterated: pytest changes its variables in another thread meanwhile.
    values = {environment.get(name, "") for name in environment if _is_of_a_key(name)}
    return tuple(sorted((v for v in values if len(v) >= SHORTEST), key=lambda value: (-len(value), value)))


@functools.lru_cache(maxsize=4096)
def _is_of_a_key(name: str) -> bool:
    return _NAMES.search(name) is not None


def scrubbed_text(text: str, secrets: Iterable[str]) -> str:
    """Replace the given secrets and everything shaped like a provider's key."""
    for secret in secrets:
        text = text.replace(secret, SCRUBBED)
    return _SHAPES.sub(SCRUBBED, text)


def scrubbed(value: Any, secrets: Iterable[str]) -> Any:
    """Scrub every string inside a JSON value, keys included."""
    if isinstance(value, str):
        return scrubbed_text(value, secrets)
    if isinstance(value, list):
        return [scrubbed(item, secrets) for item in value]
    if isinstance(value, dict):
        return {scrubbed(key, secrets): scrubbed(item, secrets) for key, item in value.items()}
    return value


def found_secret(content: bytes, secrets: Iterable[str]) -> str:
    """Return the first characters of a key that stands in the content; empty when there is none."""
    for secret in secrets:
        if secret.encode() in content:
            return secret[:4] + "…"
    if _STARTS.search(content):
        match = _SHAPES.search(content.decode("utf-8", errors="replace"))
        return match[0][:8] + "…" if match else ""
    return ""


def scan(folder: Path) -> None:
    """Raise CommandLineError when any file below a folder holds a key."""
    secrets = environment_secrets()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (found := found_secret(file.read_bytes(), secrets)):
            raise CommandLineError(
                f"{file}: holds what looks like a secret key ({found})\n"
                "  fix:     revoke the key, then delete the recording and record it again"
            )
