"""Signatures that prove that the stand-in wrote something, without keeping what it wrote."""

import base64
import hashlib
import hmac

_KEY = b"hapi-pytest stand-in"


def signature(text: str) -> str:
    """Sign a text; the same text always gets the same signature."""
    return base64.b64encode(hmac.new(_KEY, text.encode(), hashlib.sha256).digest()).decode()


def is_signed(text: str, signed: str | None) -> bool:
    """Tell whether a signature is the one that the stand-in gave a text."""
    return hmac.compare_digest(signature(text).encode(), (signed or "").encode())
