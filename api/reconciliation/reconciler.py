"""The reconciler: reads a provider's book of a time and ours, and compares them thing by thing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from api.one_at_a_time import OneAtATime
from ledger.kernel.errors import ReadModelBehind
from ledger.kernel.outside import NeverTaken
from ledger.ports import Clock
from ledger.purchases.notice import DisputeChanged, Happening, PaymentPaid, RefundChanged
from ledger.purchases.ports import Movements, PurchaseStates
from ledger.purchases.provider import Movement, MovementKind, PaymentProvider, PurchaseRef
from ledger.purchases.reconciliation import (
    Compared,
    Standing,
    Thing,
    booked,
    compare,
    standing_of,
)
from ledger.purchases.unrecorded import Owner, Unrecorded, kept, payment_of, unrecorded

T = TypeVar("T")

OnProgress = Callable[[int, int], None]
"""Told how many parts of the work are done, and how many there are."""

HEARD_US = 15 * 60 * 1_000_000
"""For how long what a provider has told may not have been heard here: then it is asked for."""

BEHIND_S = 30.0
"""How long our book is waited for, to have all that is recorded."""

PARTS_MAX = 100
_RECORDED = (MovementKind.FEE, MovementKind.PAYOUT)
_ASKED_FOR = (MovementKind.PAYMENT, MovementKind.REFUND, MovementKind.DISPUTE)
_PART_US = 3600 * 1_000_000
_SECOND_US = 1_000_000
_PAUSE_S = 0.05


class Range(NamedTuple):
    """A time, up to `until_us` and without it. Whole seconds: providers know no others."""

    from_us: int
    until_us: int

    def parts(self) -> list[Range]:
        """Return it in parts of an hour at least, not too many."""
        size = -(-(self.until_us - self.from_us) // PARTS_MAX)
        size = -(-max(size, _PART_US) // _SECOND_US) * _SECOND_US
        starts = range(self.from_us, self.until_us, size)
        return [Range(start, min(start + size, self.until_us)) for start in starts]


class Books(NamedTuple):
    """What both sides say, of what one of them has moved in a time. `owners`: of which purchase,
    invoice or order each payment is that has to do with it."""

    movements: Sequence[Movement]
    there: Sequence[Standing]
    here: Sequence[Standing]
    owners: Mapping[str, Owner]

    def unrecorded(self) -> list[Unrecorded]:
        """Return the fees and payouts that are to be recorded."""
        return unrecorded(self.movements, self.here, self.owners)

    def compared(self, recorded: Iterable[Unrecorded] = ()) -> Compared:
        """Return what differs now that those are recorded. That a fee or a payout is not recorded
        here makes no difference: what cannot be yet is of something that differs."""
        here = [*self.here, *(each.standing for each in recorded)]
        known = {each.thing for each in here}
        there = [
            each for each in self.there if each.thing.kind not in _RECORDED or each.thing in known
        ]
        return compare(there, here)


class Reconciler:
    """Reads both books. `heard_us`: how long a notice may be on its way; 0: none is."""

    def __init__(
        self,
        provider: PaymentProvider,
        movements: Movements,
        states: PurchaseStates,
        clock: Clock,
        *,
        heard_us: int = HEARD_US,
    ) -> None:
        self._provider = provider
        self._ours = movements
        self._states = states
        self._clock = clock
        self._heard_us = heard_us
        self._alone = OneAtATime()

    async def read(self, during: Range, on_progress: OnProgress | None = None) -> Books:
        """Return the books. Raises NotTaken or NeverTaken where the provider does not answer, and
        Unavailable where ours is not there, or behind.

        Theirs is read first: what is not in it yet, and in ours already, is asked for one by one.
        """
        movements = await self._theirs(during, on_progress)
        there = {each.thing: each for each in map(booked, movements)}
        there |= {each.thing: each for each in map(kept, movements) if each is not None}
        await self._wait()
        here = await self._here(during, [thing.id for thing in there])
        alone = [e for e in here if e.thing not in there and e.thing.kind in _ASKED_FOR]
        there |= {each.thing: each for each in await self._asked_for(alone)}
        news = await self._news(movements)
        standings = [_on_its_way(each) if each.thing in news else each for each in there.values()]
        return Books(movements, standings, here, await self._owners(movements, here))

    async def _theirs(self, during: Range, on_progress: OnProgress | None) -> list[Movement]:
        found, parts = list[Movement](), during.parts()
        for done, part in enumerate(parts):
            if on_progress is not None:
                on_progress(done, len(parts))
            found += [each async for each in self._provider.movements(*part)]
        if on_progress is not None:
            on_progress(len(parts), len(parts))
        return found

    async def _here(self, during: Range, ids: Iterable[str]) -> Sequence[Standing]:
        name = self._provider.name
        moved = await self._do(lambda: self._ours.moved(name, *during))
        wanted = sorted({*moved, *ids})
        return await self._do(lambda: self._ours.standings(name, wanted))

    async def _owners(
        self, movements: Iterable[Movement], here: Sequence[Standing]
    ) -> dict[str, Owner]:
        """Return of which purchase, invoice or order each payment is, where it is of one alone."""
        wanted = {payment_of(each) for each in movements} - {each.thing.id for each in here}
        ids = sorted(each for each in wanted if each is not None)
        others = await self._do(lambda: self._ours.standings(self._provider.name, ids))
        found: dict[str, set[Owner]] = {}
        for each in (*here, *others):
            owner = _owner(each)
            if each.thing.kind is MovementKind.PAYMENT and owner is not None:
                found.setdefault(each.thing.id, set()).add(owner)
        return {payment: owners.pop() for payment, owners in found.items() if len(owners) == 1}

    async def _asked_for(self, alone: Sequence[Standing]) -> list[Standing]:
        """Ask how the purchases, invoices and orders stand of which the provider has moved nothing
        in the time: it may have done so before, or since."""
        wanted = {each.thing for each in alone}
        owners = {_owner(each) for each in alone} - {None}
        found = list[Standing]()
        for owner in sorted(filter(None, owners), key=str):
            for payment in await self._payments(owner):
                found += [
                    each._replace(invoice=owner.invoice, order=owner.order)
                    for happening in await self._happened(owner, payment)
                    if (each := self._standing(happening, owner)) is not None
                ]
        return [each for each in found if each.thing in wanted]

    def _standing(self, happening: Happening, owner: Owner) -> Standing | None:
        return standing_of(happening, self._clock(), owner.org, owner.purchase)

    async def _payments(self, owner: Owner) -> Sequence[str]:
        org, purchase, invoice, order = owner
        name = self._provider.name
        if order is not None:
            return await self._do(lambda: self._ours.payments_of(name, org, order))
        if invoice is not None:
            return await self._do(lambda: self._states.payments_of(name, org, invoice))
        state = await self._do(lambda: self._states.of(org, purchase or ""))
        return [state.payment] if state is not None and state.payment is not None else []

    async def _happened(self, owner: Owner, payment: str) -> Sequence[Happening]:
        org, *names = owner
        name = next((each for each in names if each), "")
        try:
            return await self._provider.retrieve(PurchaseRef(org, name, None, payment))
        except NeverTaken:
            return []

    async def _news(self, movements: Iterable[Movement]) -> Collection[Thing]:
        """Return what the provider has moved, or told of, so lately that we may not have heard."""
        if not self._heard_us:
            return ()
        since_us = self._clock() - self._heard_us
        lately = {booked(each).thing for each in movements if each.created_us >= since_us}
        async for notice in self._provider.events_since(None, since_us):
            thing = _told_of(notice.happening)
            if thing is not None:
                lately.add(thing)
        return lately

    async def _wait(self) -> None:
        """Wait until our book has all that is recorded."""
        recorded = await self._do(self._ours.recorded)
        deadline = time.monotonic() + BEHIND_S
        while not await self._do(lambda: self._ours.has_applied(recorded)):
            if time.monotonic() > deadline:
                raise ReadModelBehind(
                    "the read model movements is behind: it is kept by `tally serve`, or by "
                    "`tally project`."
                )
            await asyncio.sleep(_PAUSE_S)
        org = await self._do(self._ours.set_aside)
        if org is not None:
            raise ReadModelBehind(f"the read model movements has set {org} aside: see /readyz.")

    async def _do(self, work: Callable[[], T]) -> T:
        return await self._alone.do(work)


def _owner(standing: Standing) -> Owner | None:
    """Return what a thing is of; None: it is of nothing that is known here."""
    org, names = standing.org, (standing.purchase, standing.invoice, standing.order)
    return Owner(org, *names) if org and any(names) else None


def _on_its_way(standing: Standing) -> Standing:
    return standing._replace(is_on_its_way=True)


def _told_of(happening: Happening) -> Thing | None:
    match happening:
        case PaymentPaid(payment):
            return Thing(MovementKind.PAYMENT, payment)
        case RefundChanged(refund):
            return Thing(MovementKind.REFUND, refund)
        case DisputeChanged(dispute):
            return Thing(MovementKind.DISPUTE, dispute)
    return None
