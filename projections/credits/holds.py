"""The summary `holds`: each hold with its end, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.credits.funds import Hold
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import (
    HoldCaptured,
    HoldExtended,
    HoldPlaced,
    HoldReleased,
    LapsedHoldCaptured,
)
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import wallet_names
from projections.summary import Summary, Summed, Told


class HoldRow(NamedTuple):
    """A hold. `amount`: what it set aside; `charged`: what the work then cost, in the asset's
    smallest unit.

    `status`: open, captured, released or expired. Open is also one that has run out and of which
    that is not recorded yet: see `expires_us`.
    """

    org: str
    hold: str
    owner: str | None
    asset: str | None
    user_id: str | None
    amount: int | None
    placed_us: int | None
    expires_us: int | None
    reference: str | None
    service: str | None
    project: str | None
    provider: str | None
    model: str | None
    status: str
    charged: int | None
    ended_us: int | None
    sequence: int


FIRSTS = ("owner", "asset", "user_id", "amount", "placed_us", "reference")
LABELS = ("service", "project", "provider", "model")


class Change(NamedTuple):
    """What a fact says of a hold: what stands behind its key, without the sequence."""

    hold: str
    values: tuple[object, ...]


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of holds; most kinds of facts say nothing."""
    return []


@changes_of.register
def _placed(fact: HoldPlaced) -> list[Change]:
    return [_open(fact, fact.hold)]


@changes_of.register
def _extended(fact: HoldExtended) -> list[Change]:
    return [_open(fact, fact.hold)]


@changes_of.register
def _captured(fact: HoldCaptured) -> list[Change]:
    return [_end(fact, fact.hold, "captured", fact.line.amount)]


@changes_of.register
def _lapsed_captured(fact: LapsedHoldCaptured) -> list[Change]:
    return [_end(fact, fact.hold, "captured", fact.line.amount)]


@changes_of.register
def _released(fact: HoldReleased) -> list[Change]:
    return [_end(fact, fact.hold, "released")]


@changes_of.register
def _expired(fact: HoldExpired) -> list[Change]:
    return [_end(fact, fact.hold.id, "expired")]


def _open(fact: Fact, hold: Hold) -> Change:
    owner, asset = wallet_names(fact.originator_id)
    labels = (hold.service, hold.project, hold.provider, hold.model)
    begin = (owner, asset, hold.user, hold.amount, hold.placed_us, hold.expires_us, hold.reference)
    return Change(hold.id, (*begin, *labels, "open", None, None))


def _end(fact: Fact, hold: str, status: str, charged: int | None = None) -> Change:
    return Change(hold, (*(None,) * 11, status, charged, fact.recorded_us))


def _add(rows: Summed, event: Told, lines: Sequence[Change]) -> None:
    for hold, values in lines:
        key, row = (event.org, hold), [*values, event.sequence]
        before = rows.get(key)
        rows[key] = row if before is None else READ_MODEL.merged(before, row)


READ_MODEL = Summary("holds", HoldRow, changes_of, 2, _add, firsts=frozenset(FIRSTS + LABELS))
