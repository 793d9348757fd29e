"""Where callers come from: address and user agent, sealed once a caller and process."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request

from api.http.bounded import Bounded
from api.http.entropy import fresh_bytes
from ledger.audit.texts import SALT_BYTES, Text, seal
from ledger.kernel.canonical import canonical

ORIGINS_MAX = 20_000
AGENT_MAX = 500
"""Characters kept of a user agent."""


class _Caller(NamedTuple):
    org: str
    key: str
    address: str
    agent: str


class Origins:
    """The sealed origins of recent callers; a caller seen again gets the same digest."""

    def __init__(self) -> None:
        self._sealed: Bounded[_Caller, Text] = Bounded(ORIGINS_MAX)

    def of(self, request: Request, org: str, key: str, subject: str) -> Text:
        """The origin of a request, as an erasable text of its subject."""
        address = request.client.host if request.client else ""
        caller = _Caller(org, key, address, request.headers.get("user-agent", "")[:AGENT_MAX])
        sealed = self._sealed.get(caller)
        if sealed is None:
            content = canonical({"address": caller.address, "agent": caller.agent}).decode()
            sealed = seal(content, "origin", subject, fresh_bytes(SALT_BYTES))
            self._sealed.put(caller, sealed)
        return sealed
