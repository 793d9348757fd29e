"""Reasons of what people do by hand: sealed, so that they can be erased."""

from __future__ import annotations

from typing import overload

from api.http.auth.caller import Caller
from ledger.kernel.texts import REASON, Text


@overload
def sealed_reason(caller: Caller, reason: str, person: str) -> Text: ...


@overload
def sealed_reason(caller: Caller, reason: None, person: str) -> None: ...


def sealed_reason(caller: Caller, reason: str | None, person: str) -> Text | None:
    """Return a reason, if one was given, as an erasable text of the person it is about."""
    if reason is None:
        return None
    return caller.seal(reason, REASON, person)
