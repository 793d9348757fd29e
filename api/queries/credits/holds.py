"""Holds: the open ones from the balances rows, one of them from its events; read-your-writes."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from api.queries.reader import Reader, Row
from ledger.credits.funds import Hold
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import (
    HoldCaptured,
    HoldExtended,
    HoldPlaced,
    HoldReleased,
    LapsedHoldCaptured,
)
from ledger.credits.transactions import wallet_of
from ledger.credits.wallet_snapshot import EVERY
from ledger.kernel.aggregate import Fact, restore_fact
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import Archived
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment

FIRST_PLACE = (2**63 - 1, "")
"""Before every hold: where the newest-first list begins."""

_KINDS = (HoldPlaced, HoldExtended, HoldCaptured, HoldReleased, HoldExpired, LapsedHoldCaptured)
_TYPES = [kind.TOPIC for kind in _KINDS]
_decode = decoder(Hold)


class Status(StrEnum):
    """What became of a hold. One that expired and was captured within a day is captured."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class FoundHold(msgspec.Struct, frozen=True):
    """A hold with the place of the event that placed it."""

    hold: Hold
    owner: str
    sequence: int
    hash: bytes
    status: Status = Status.OPEN
    ended_us: int | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in a list."""
        return self.hold.placed_us, self.hold.id


async def open_holds(
    reader: Reader, org: str, user: str | None, clock_us: int, before: tuple[int, str], limit: int
) -> list[FoundHold]:
    """Open holds, newest first, before a place."""
    parameters = {
        "org": org,
        "user": user,
        "clock_us": clock_us,
        "placed_us": before[0],
        "id": before[1],
        "limit": limit,
    }
    return [
        FoundHold(_decode(row["hold"]), row["owner"], row["sequence"], row["hash"])
        for row in await reader.rows(org, "credits/holds", parameters)
    ]


async def find_hold(
    reader: Reader,
    org: str,
    hold_id: str,
    now_us: int | None = None,
    until: int | None = None,
    every: int = EVERY,
) -> FoundHold | None:
    """Return a hold as its events say, at most up to a version of its wallet; with `now_us` also
    what time has ended and nobody has recorded yet; `every` so many versions there is a
    snapshot. Raises Archived."""
    place = {"org": org, "hold": hold_id, "every": every}
    rows = await reader.rows(org, "credits/hold", {**place, "types": _TYPES, "until": until})
    if not rows:
        return None
    first = rows[0]
    if first["version"] is None:
        raise Archived(
            f"the hold {hold_id} was placed so long ago that its event is in an archive."
        )
    placed = _fact(org, first)
    assert isinstance(placed, HoldPlaced)
    owner, _ = wallet_of(placed)
    hold = placed.hold if first["known"] is None else _decode(first["known"])
    found = FoundHold(hold, owner, first["sequence"], first["hash"])
    for row in rows[1:]:
        found = after(found, _fact(org, row))
    now_us = None if now_us is None else max(now_us, rows[-1]["recorded_us"])
    expires_us = found.hold.expires_us
    if now_us is not None and found.status is Status.OPEN and expires_us <= now_us:
        return msgspec.structs.replace(found, status=Status.EXPIRED, ended_us=expires_us)
    return found


def after(found: FoundHold, fact: Fact) -> FoundHold:
    """Return the hold after a fact, which may be another hold's."""
    change = msgspec.structs.replace
    hold = found.hold
    match fact:
        case HoldExtended() if fact.hold.id == hold.id:
            return change(found, hold=fact.hold)
        case HoldCaptured() | LapsedHoldCaptured() if fact.hold == hold.id:
            return change(found, status=Status.CAPTURED, ended_us=fact.recorded_us)
        case HoldReleased() if fact.hold == hold.id:
            return change(found, status=Status.RELEASED, ended_us=fact.recorded_us)
        case HoldExpired() if fact.hold.id == hold.id:
            return change(found, status=Status.EXPIRED, ended_us=fact.hold.expires_us)
    return found


def _fact(org: str, row: Row) -> Fact:
    at = moment(row["recorded_us"])
    return restore_fact(row["type"], row["body"], stream_id(org, row["stream"]), row["version"], at)
