"""Reasons of what people do by hand: sealed, so that they can be erased."""

from __future__ import annotations

from api.http.auth.caller import Caller
from ledger.kernel.texts import REASON, SALT_BYTES, Text, blind


def sealed_reason(caller: Caller, reason: str, person: str) -> Text:
    """Return a reason as an erasable text of the person it is about."""
    return blind(reason, REASON, person, caller.service.random(SALT_BYTES))
