"""Holds: credit set aside before the work, until exactly one of capture, release and expiry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.admission import (
    check_active,
    check_debt,
    check_lots,
    check_room,
)
from ledger.credits.caps import Counted, counted_under
from ledger.credits.credit_line import check_work
from ledger.credits.due import record_due
from ledger.credits.facts import UsageFact, WalletFact
from ledger.credits.funds import Due, Funds, Hold
from ledger.credits.losses import expired_rows
from ledger.credits.lots import Returned, Slice, total
from ledger.credits.own_credit import OwnCredit
from ledger.credits.usage import UNLABELLED, Labels, RatedUse, UsageLine, line_of
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.errors import Conflict, Invalid, TooManyHolds
from ledger.kernel.ids import POOL
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.limits import (
    CAPTURE_AFTER_EXPIRY_US,
    HOLD_MAX_US,
    OPEN_HOLDS_MAX,
    POOL_HOLDS_MAX,
)
from ledger.kernel.rows import TableRow
from ledger.kernel.times import format_time, microseconds

HOLDS = "hold"
"""The key space of hold ids: a hold is found from its id alone."""


class HoldPlaced(WalletFact):
    """Credit was set aside."""

    TOPIC: ClassVar[str] = "credits.HoldPlaced"
    fingerprint: str
    hold: Hold

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.place(self.hold)

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        key = KeyRow(Key(org, HOLDS, self.hold.id), sequence, 0, self.fingerprint)
        return [*super().keys(org, command, sequence), key]


class HoldExtended(WalletFact):
    """A hold lasts longer."""

    TOPIC: ClassVar[str] = "credits.HoldExtended"
    fingerprint: str
    hold: Hold

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.holds[self.hold.id] = self.hold


class HoldCaptured(UsageFact):
    """The work was done. `held` paid first, then `extra` of what was available, then debt.

    `line` is the usage that was charged, its lots are `held` and `extra` together; `returned` is
    what was held and not needed. `counted` is where caps had counted the hold, `caps_version` that
    of the cap book which has counted the line; `on_credit` what of the hold no lot had covered.
    """

    TOPIC: ClassVar[str] = "credits.HoldCaptured"
    fingerprint: str
    hold: str
    line: UsageLine
    held: list[Slice]
    returned: Returned
    balance_after: int
    extra: list[Slice] = field(default_factory=list)
    counted: Counted | None = None
    caps_version: int = 0
    on_credit: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        funds = aggregate.funds
        del funds.holds[self.hold]
        funds.consume(self.held)
        funds.apply_return(self.returned)
        funds.remove(self.extra)
        funds.debt += self.line.debt

    def usage_lines(self) -> Sequence[UsageLine]:
        return [self.line]

    def rows(self) -> Iterable[TableRow]:
        return expired_rows(self.originator_id, self.returned.expired)


class HoldReleased(WalletFact):
    """The work was not done: everything went back. `counted` is where caps had counted it,
    `on_credit` what of it no lot had covered."""

    TOPIC: ClassVar[str] = "credits.HoldReleased"
    fingerprint: str
    hold: str
    returned: Returned
    balance_after: int
    counted: Counted | None = None
    on_credit: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        del aggregate.funds.holds[self.hold]
        aggregate.funds.apply_return(self.returned)

    def rows(self) -> Iterable[TableRow]:
        return expired_rows(self.originator_id, self.returned.expired)


class LapsedHoldCaptured(UsageFact):
    """Work whose hold had expired was reported in time: a plain debit."""

    TOPIC: ClassVar[str] = "credits.LapsedHoldCaptured"
    fingerprint: str
    hold: str
    line: UsageLine
    caps_version: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        del aggregate.lapsed[self.hold]
        aggregate.funds.remove(self.line.lots)
        aggregate.funds.debt += self.line.debt

    def usage_lines(self) -> Sequence[UsageLine]:
        return [self.line]


def place_hold(
    wallet: WalletBase,
    hold_id: str,
    user: str,
    amount: int,
    lasts_us: int,
    at: datetime,
    *,
    fingerprint: str,
    reference: str | None = None,
    labels: Labels = UNLABELLED,
    caps_version: int = 0,
    own: OwnCredit | None = None,
) -> None:
    """Set credit aside, at most for seven days. What a pool lacks comes of the member's own, what
    is lacking then is on the wallet's credit line."""
    if not 0 < lasts_us <= HOLD_MAX_US:
        raise Invalid("expires_in must be more than zero, at most seven days.", field="expires_in")
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    _check_holds(funds, user, POOL_HOLDS_MAX if wallet.owner == POOL else OPEN_HOLDS_MAX)
    check_active(wallet)
    lacking = amount - funds.available(now_us)
    if own is not None and wallet.credit_line:
        lacking = min(lacking, own.available)
    if own is not None and 0 < lacking <= own.available and not funds.debt:
        own.give(lacking, wallet.version + due.facts + 1)
        check_room(funds, lacking, wallet.asset)
        check_lots(funds, len(own.lots))
        for lot in own.lots:
            funds.add(lot)
    left = own.available if own and not funds.debt else 0
    check_work(wallet, funds, amount, now_us, left)
    record_due(wallet, due, at)
    if own is not None and own.given:
        own.move(wallet)
    lots = list(funds.spendable(amount, now_us))
    hold = Hold(
        id=hold_id,
        user=user,
        lots=lots,
        placed_us=now_us,
        expires_us=now_us + lasts_us,
        reference=reference,
        **labels._asdict(),
        caps_version=caps_version,
        on_credit=amount - total(lots),
    )
    wallet.trigger_event(HoldPlaced, timestamp=at, fingerprint=fingerprint, hold=hold)


def _check_holds(funds: Funds, user: str, limit: int) -> None:
    """Refuse, for now, one hold more than a user or the wallet may have."""
    if len(funds.holds) < OPEN_HOLDS_MAX:
        return
    if sum(hold.user == user for hold in funds.holds.values()) >= OPEN_HOLDS_MAX:
        raise TooManyHolds(
            f"{user} has {OPEN_HOLDS_MAX} open holds: capture or release some, or wait until some "
            "expire.",
            field="user",
        )
    if len(funds.holds) >= limit:
        raise TooManyHolds(
            f"the members of this org have {limit} open holds together: wait until some have "
            "ended.",
            field="user",
        )


def extend_hold(
    wallet: WalletBase, hold_id: str, lasts_us: int, at: datetime, *, fingerprint: str
) -> None:
    """Let a hold last that long from now, never more than seven days from when it was placed."""
    now_us = microseconds(at)
    _, due, hold = _open_hold(wallet, hold_id, now_us)
    expires_us = now_us + lasts_us
    if expires_us > hold.placed_us + HOLD_MAX_US:
        raise Invalid(
            "expires_in would keep the hold for more than seven days: at the latest it ends "
            f"{format_time(hold.placed_us + HOLD_MAX_US)}.",
            field="expires_in",
        )
    if expires_us <= hold.expires_us:
        raise Invalid("expires_in must extend the hold.", field="expires_in")
    record_due(wallet, due, at)
    longer = msgspec.structs.replace(hold, expires_us=expires_us)
    wallet.trigger_event(HoldExtended, timestamp=at, fingerprint=fingerprint, hold=longer)


def release_hold(wallet: WalletBase, hold_id: str, at: datetime, *, fingerprint: str) -> None:
    """Give everything back."""
    now_us = microseconds(at)
    funds, due, hold = _open_hold(wallet, hold_id, now_us)
    del funds.holds[hold_id]
    returned = funds.give_back(hold.lots, now_us)
    record_due(wallet, due, at)
    wallet.trigger_event(
        HoldReleased,
        timestamp=at,
        fingerprint=fingerprint,
        hold=hold_id,
        returned=returned,
        balance_after=funds.balance,
        counted=counted_of(hold),
        on_credit=hold.on_credit,
    )


def counted_of(hold: Hold) -> Counted | None:
    """Return where caps have counted a hold: in the period it was placed in."""
    return counted_under(hold, hold.caps_version, hold.placed_us)


def capture_hold(
    wallet: WalletBase,
    hold_id: str,
    charge: RatedUse,
    at: datetime,
    *,
    fingerprint: str,
    caps_version: int = 0,
    own: OwnCredit | None = None,
) -> None:
    """Debit the actual amount: less gives the rest back, more is taken from what is available.

    What the member of a pool has of their own pays first, as far as the pool can take it. Up to 24
    hours after its expiry a hold is captured as a plain debit.
    """
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    hold = funds.holds.pop(hold_id, None)
    if hold is None:
        _check_lapsed(wallet, funds, hold_id, due.holds, now_us)
    amount = charge.amount - (min(own.available, funds.room, charge.amount) if own else 0)
    check_debt(funds, amount)
    given = []
    if own is not None and charge.amount > amount:
        given = own.give(charge.amount - amount, wallet.version + due.facts + 1)
    record_due(wallet, due, at)
    if own is not None and given:
        own.move(wallet)
    if hold is None:
        slices, shortfall = funds.spend(amount, now_us)
        line = line_of(charge, given + slices, shortfall, funds.balance)
        wallet.trigger_event(
            LapsedHoldCaptured,
            timestamp=at,
            fingerprint=fingerprint,
            hold=hold_id,
            line=line,
            caps_version=caps_version,
        )
        return
    held, rest = _split(hold.lots, amount)
    funds.consume(held)
    returned = funds.give_back(rest, now_us)
    extra, shortfall = funds.spend(amount - total(held), now_us)
    balance = funds.balance
    paid = given + held + extra
    line = line_of(charge, paid, shortfall, balance + total(returned.expired))
    wallet.trigger_event(
        HoldCaptured,
        timestamp=at,
        fingerprint=fingerprint,
        hold=hold_id,
        line=line,
        held=held,
        returned=returned,
        balance_after=balance,
        extra=given + extra,
        counted=counted_of(hold),
        caps_version=caps_version,
        on_credit=hold.on_credit,
    )


def _open_hold(wallet: WalletBase, hold_id: str, now_us: int) -> tuple[Funds, Due, Hold]:
    """Return the funds and the hold as they are now; one that has ended is refused."""
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    hold = funds.holds.get(hold_id)
    if hold is None:
        raise _ended(hold_id)
    return funds, due, hold


def _check_lapsed(
    wallet: WalletBase,
    funds: Funds,
    hold_id: str,
    ended: list[tuple[str, Returned]],
    now_us: int,
) -> None:
    """Refuse a hold that was captured or released, or expired more than 24 hours ago."""
    until_us = wallet.lapsed.get(hold_id)
    if hold_id in {each for each, _ in ended}:
        until_us = wallet.funds.holds[hold_id].expires_us + CAPTURE_AFTER_EXPIRY_US
    if until_us is None:
        raise _ended(hold_id)
    if now_us >= until_us:
        raise Conflict(
            f"the hold {hold_id} expired more than 24 hours ago: report the work as usage.",
            field="id",
        )


def _ended(hold_id: str) -> Conflict:
    return Conflict(f"the hold {hold_id} has already ended.", field="id")


def _split(slices: list[Slice], amount: int) -> tuple[list[Slice], list[Slice]]:
    """Return the first slices up to an amount, and the rest."""
    first, rest = [], []
    for part in slices:
        taken = min(part.amount, amount)
        amount -= taken
        if taken:
            first.append(Slice(part.lot, part.kind, taken, part.expires_us))
        if part.amount > taken:
            rest.append(Slice(part.lot, part.kind, part.amount - taken, part.expires_us))
    return first, rest
