"""The limits: how much may be asked for, from `schemas/limits.yaml`, the one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Literal

import msgspec

from ledger.kernel.ids import PLATFORM

MAX = 1_000_000_000
LIFTED = "none"
"""What an operator sets a limit to that is to hold nobody."""

_AMOUNT = re.compile(r"[1-9][0-9]{0,9}")


class Limit(msgspec.Struct, forbid_unknown_fields=True, frozen=True, eq=False):
    """How much one of its kind may ask for: in a window of seconds, or at once where there is
    none."""

    of: Literal["key", "user", "org", "provider"]
    amount: int
    seconds: int | None = None
    counts: Literal["requests", "lines"] = "requests"
    least: int = 1
    """No amount below it would ever let through what one request may hold."""

    permissions: tuple[str, ...] = ()
    """Those of the operations that are counted; none where the code says what is."""

    name: str = ""


def read(table: bytes) -> dict[str, Limit]:
    """Return what a table says, by name."""
    found = msgspec.yaml.decode(table, type=dict[str, Limit])
    return {name: msgspec.structs.replace(limit, name=name) for name, limit in found.items()}


LIMITS = read((files("schemas") / "limits.yaml").read_bytes())
"""Name → limit."""

REQUESTS, USAGE_LINES = LIMITS["requests"], LIMITS["usage-lines"]
WEBHOOKS_IN = LIMITS["webhooks-in"]
GIFT_CARD_CODES, GIFT_CARD_LOOKUPS = LIMITS["gift-card-codes"], LIMITS["gift-card-lookups"]
LONG_READS, OPEN_STREAMS = LIMITS["long-reads"], LIMITS["open-streams"]

OF_USERS = {permission: limit for limit in LIMITS.values() for permission in limit.permissions}
"""Permission → the limit of users who ask for what needs it."""

AmountOf = Callable[[str, Limit], int | None]
"""How much of a limit an org has; None: as much as it likes. Asked when a window begins, so that it
may be another one for each org, and change."""


def configured(amounts: Mapping[str, int | None]) -> AmountOf:
    """Return the amounts of the table, or those set instead: the same for every org, and none for
    the platform, whose credentials are the operators'."""

    def amount_of(org: str, limit: Limit) -> int | None:
        return None if org == PLATFORM else amounts.get(limit.name, limit.amount)

    return amount_of


def parse_amounts(text: str) -> dict[str, int | None]:
    """Return what an operator sets, as `balance=120 requests=none`. Raises ValueError."""
    return dict(_parsed(each) for each in text.split())


def _parsed(text: str) -> tuple[str, int | None]:
    name, _, amount = text.partition("=")
    if name not in LIMITS:
        raise ValueError(f"there is no limit {name}: there are {', '.join(LIMITS)}")
    if amount == LIFTED:
        return name, None
    least = LIMITS[name].least
    if not (_AMOUNT.fullmatch(amount) and least <= int(amount) <= MAX):
        raise ValueError(f"{name} must be a number from {least} to {MAX}, or {LIFTED}")
    return name, int(amount)
