"""The wire formats that the stand-in speaks, by the addresses that they are served at."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from hapi_pytest.stand_in import anthropic, gemini, openai
from hapi_pytest.stand_in.conversation import Conversation, Reply
from hapi_pytest.stand_in.refusal import RefusedError


class Format(Protocol):
    """A service's wire format."""

    def read(self, body: bytes, headers: Mapping[str, str], target: str = "") -> Conversation:
        """Read a request; raises RefusedError where the real service refuses."""

    def write(self, conversation: Conversation, reply: Reply) -> dict[str, Any]:
        """Write the answer's body."""

    def refusal(self, error: RefusedError) -> dict[str, Any]:
        """Write the body of a refusal."""


ROUTES: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"/v1/chat/completions"), openai),
    (re.compile(r"/v1/messages"), anthropic),
    (re.compile(r"/v1beta/models/(?P<target>[^/]+)"), gemini),
)
