"""Funds: what a wallet holds, and the arithmetic on it. Pure: decisions try it on a copy."""

from __future__ import annotations

import bisect
from collections.abc import Container, Iterable, Iterator, Sequence

import msgspec

from ledger.credits.lots import (
    KeptPart,
    Lot,
    OpenLot,
    Returned,
    Slice,
    Taken,
    begun,
    burn_order,
    slice_of,
    total,
)
from ledger.kernel.limits import AMOUNT_MAX


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """An amount set aside for work that is about to be done: `lots` says from which lots.

    It has the labels of the line that it will become. `caps_version` is that of the cap book which
    has counted it; none: there were no caps. `on_credit` is what no lot covers: a credit line does.
    """

    id: str
    user: str
    lots: list[Slice]
    placed_us: int
    expires_us: int
    reference: str | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    caps_version: int = 0
    on_credit: int = 0

    @property
    def amount(self) -> int:
        """What is set aside."""
        return total(self.lots) + self.on_credit


class Due(msgspec.Struct):
    """What time has brought: debt paid by lots that took effect, ended holds, expired lots.

    `began`: the lots that took effect and reset others. `resumed`: the debt is paid that had
    suspended the wallet.
    """

    repaid: list[Slice] = []
    began: list[str] = []
    holds: list[tuple[str, Returned]] = []
    expired: list[Slice] = []
    resumed: bool = False

    @property
    def facts(self) -> int:
        """How many facts say so."""
        ended = len(self.holds) + bool(self.expired)
        return bool(self.repaid or self.began) + ended + self.resumed


class Funds(msgspec.Struct, omit_defaults=True):
    """Open lots in burn order, open holds, and debt.

    Amounts in the asset's smallest unit. Debt and spendable credit are never both above zero.
    `lots` holds only lots with something left or held. `aside`: of what is held, the parts that
    wait for refunds, by their ids; never changed in place, nor are `unpaid`, what suspends the
    wallet for as long as there is debt, and `locked`, the lots that must not be transferred.
    """

    lots: list[OpenLot] = []
    debt: int = 0
    holds: dict[str, Hold] = {}
    aside: dict[str, Slice] = {}
    unpaid: list[str] = []
    locked: list[str] = []

    def copy(self) -> Funds:
        """Return an independent copy; terms and holds are shared, as they never change."""
        lots = [OpenLot(lot.terms, lot.left, lot.held) for lot in self.lots]
        holds = self.holds.copy() if self.holds else {}
        return Funds(lots, self.debt, holds, self.aside, self.unpaid, self.locked)

    @property
    def credits(self) -> int:
        """All that is left of the lots, also of those that are not effective yet."""
        return sum([lot.left for lot in self.lots])

    @property
    def held(self) -> int:
        """All that is set aside, by holds and for refunds."""
        return sum([lot.held for lot in self.lots])

    @property
    def room(self) -> int:
        """How much more may come in: what is left and held has 64 bits together."""
        return AMOUNT_MAX - self.credits - self.held

    @property
    def balance(self) -> int:
        """All that is left, also what is held or not effective yet, less the debt.

        Every transaction moves it by its amount and nothing else does, so statements add up.
        """
        balance = -self.debt
        for lot in self.lots:
            balance += lot.left + lot.held
        return balance

    def available(self, now_us: int) -> int:
        """Return what can be spent now."""
        return sum(lot.left for lot in self.lots if lot.terms.spendable_at(now_us))

    def pending(self, now_us: int) -> int:
        """Return what is left of lots that are not effective yet."""
        return sum([lot.left for lot in self.lots if lot.terms.effective_us > now_us])

    # -- one lot -----------------------------------------------------------------------------

    def add(self, lot: Lot) -> None:
        """Put a new lot in its place in the burn order."""
        self._insert(OpenLot(lot, lot.amount))

    def restore(self, terms: Lot, amount: int) -> None:
        """Give back to a lot, also to one that was used up and forgotten."""
        found = self._find(terms.id)
        if found is None:
            self._insert(OpenLot(begun(terms), amount))
        else:
            found.left += amount

    def _insert(self, lot: OpenLot) -> None:
        bisect.insort(self.lots, lot, key=lambda each: burn_order(each.terms))

    def _find(self, lot_id: str) -> OpenLot | None:
        return next((lot for lot in self.lots if lot.terms.id == lot_id), None)

    def _lot(self, lot_id: str) -> OpenLot:
        for lot in self.lots:
            if lot.terms.id == lot_id:
                return lot
        raise KeyError(lot_id)

    def _forget_empty(self) -> None:
        for lot in self.lots:
            if not lot.left and not lot.held:
                self.lots = [lot for lot in self.lots if lot.left or lot.held]
                return

    # -- moving slices -----------------------------------------------------------------------

    def spendable(self, amount: int, now_us: int, but: Container[str] = ()) -> Iterator[Slice]:
        """Yield slices of up to `amount`, in burn order, of all lots `but` some."""
        for lot in self.lots:
            if amount == 0:
                return
            part = min(lot.left, amount)
            if part and lot.terms.spendable_at(now_us) and lot.terms.id not in but:
                amount -= part
                yield slice_of(lot.terms, part)

    def spend(self, amount: int, now_us: int) -> tuple[list[Slice], int]:
        """Burn `amount` in order; what is short becomes debt. Returns slices and shortfall."""
        slices = []
        for lot in self.lots:
            if not amount:
                break
            part = min(lot.left, amount)
            if part and lot.terms.spendable_at(now_us):
                lot.left -= part
                amount -= part
                slices.append(slice_of(lot.terms, part))
        self._forget_empty()
        self.debt += amount
        return slices, amount

    def remove(self, slices: Iterable[Slice]) -> None:
        """Take slices out of what is left of their lots."""
        for part in slices:
            self._lot(part.lot).left -= part.amount
        self._forget_empty()

    def burn(self, lots: Iterable[Sequence[Taken]], debt: int) -> None:
        """Burn what `spend` decided for several uses together."""
        for slices in lots:
            for part in slices:
                self._lot(part.lot).left -= part.amount
        self.debt += debt
        self._forget_empty()

    def repay(self, slices: Iterable[Slice]) -> None:
        """Pay debt with slices."""
        slices = list(slices)
        self.remove(slices)
        self.debt -= total(slices)

    def repay_all(self, now_us: int) -> list[Slice]:
        """Pay as much debt as what is spendable can; credit that becomes available does so."""
        slices = list(self.spendable(self.debt, now_us)) if self.debt else []
        self.repay(slices)
        return slices

    # -- holds -------------------------------------------------------------------------------

    def place(self, hold: Hold) -> None:
        """Set the slices of a hold aside."""
        for part in hold.lots:
            lot = self._lot(part.lot)
            lot.left -= part.amount
            lot.held += part.amount
        self.holds[hold.id] = hold

    def consume(self, slices: Iterable[Slice]) -> None:
        """Spend slices that a hold had set aside."""
        for part in slices:
            self._lot(part.lot).held -= part.amount

    def give_back(self, slices: list[Slice], now_us: int) -> Returned:
        """Give held slices back to their lots; what has expired is gone, then debt is paid."""
        for part in slices:
            lot = self._lot(part.lot)
            lot.held -= part.amount
            lot.left += part.amount
        expired = [part for part in slices if part.expires_us and part.expires_us <= now_us]
        for part in expired:
            self._lot(part.lot).left -= part.amount
        repaid = self.repay_all(now_us)
        self._forget_empty()
        return Returned(slices, expired, repaid)

    def apply_return(self, returned: Returned) -> None:
        """Apply what `give_back` decided."""
        for part in returned.lots:
            lot = self._lot(part.lot)
            lot.held -= part.amount
            lot.left += part.amount
        for part in returned.expired:
            self._lot(part.lot).left -= part.amount
        self.repay(returned.repaid)

    def held_parts(self, lot_id: str, amount: int) -> list[KeptPart]:
        """Return so much of what holds have set aside of a lot, those placed first first."""
        parts = []
        for hold in self.holds.values():
            held = min(amount, total(part for part in hold.lots if part.lot == lot_id))
            if held:
                parts.append(KeptPart(hold.id, held))
                amount -= held
        return parts

    def keep(self, parts: Iterable[KeptPart], lot_id: str, kept: Lot) -> None:
        """Have holds keep credit of a new lot in the stead of another's."""
        for part in parts:
            hold = self.holds[part.hold]
            self.holds[hold.id] = msgspec.structs.replace(
                hold, lots=_exchanged(hold.lots, lot_id, kept, part.amount)
            )
        self._lot(lot_id).held -= kept.amount
        self._insert(OpenLot(kept, 0, kept.amount))
        self._forget_empty()

    # -- refunds -----------------------------------------------------------------------------

    def set_aside(self, refund: str, part: Slice) -> None:
        """Set a slice aside for a refund."""
        lot = self._lot(part.lot)
        lot.left -= part.amount
        lot.held += part.amount
        self.aside = {**self.aside, refund: part}

    def end_set_aside(self, refund: str) -> None:
        """Let go what was set aside for a refund."""
        part = self._no_more_aside(refund)
        self._lot(part.lot).held -= part.amount
        self._forget_empty()

    def put_back(self, refund: str, returned: Returned) -> None:
        """Apply what `give_back` decided of what was set aside for a refund."""
        self._no_more_aside(refund)
        self.apply_return(returned)

    def _no_more_aside(self, refund: str) -> Slice:
        self.aside = self.aside.copy()
        return self.aside.pop(refund)

    # -- time --------------------------------------------------------------------------------

    def ended_holds(self, now_us: int) -> list[Hold]:
        """Return the holds that have expired and are still there."""
        return [hold for hold in self.holds.values() if hold.expires_us <= now_us]

    def fall_due(self, now_us: int) -> Due:
        """Do what time has brought, in its order: effective lots pay debt, holds and lots end."""
        due = Due()
        if not self._has_due(now_us):
            return due
        for at_us, what in self._instants(now_us):
            if isinstance(what, Hold):
                del self.holds[what.id]
                due.holds.append((what.id, self.give_back(what.lots, at_us)))
            elif what.terms.expired_at(at_us):
                if what.left:
                    due.expired.append(slice_of(what.terms, what.left))
                    what.left = 0
            elif what.terms.resets:
                due.expired += self.reset_free(at_us)
                due.began.append(what.terms.id)
                what.begin()
            elif self.debt and what.left:
                part = min(what.left, self.debt)
                due.repaid.append(slice_of(what.terms, part))
                what.left -= part
                self.debt -= part
        if self.unpaid and not self.debt:
            due.resumed, self.unpaid = True, []
        self._forget_empty()
        return due

    def due_us(self) -> int | None:
        """Return when time next brings something: a lot or a hold ends, or a lot begins that pays
        debt or resets others."""
        if self.unpaid and not self.debt:
            return 0
        if self.debt or self.holds or any([lot.terms.expires_us for lot in self.lots]):
            return min(self._moments(), default=None)
        return None

    def reset_free(self, at_us: int) -> list[Slice]:
        """Free credit never accumulates: what is left of it ends when there is new. What open
        holds have set aside stays theirs."""
        slices = []
        for lot in self.lots:
            if lot.gives_way(at_us):
                slices.append(slice_of(lot.terms, lot.left))
                lot.left = 0
        return slices

    def begin(self, lots: Iterable[str]) -> None:
        """Begin lots that have taken effect and reset others."""
        for lot_id in lots:
            self._lot(lot_id).begin()

    def _has_due(self, now_us: int) -> bool:
        """Tell whether anything can have happened: asked before every decision, mostly in vain."""
        if self.lots if self.debt else self.unpaid:
            return True
        for lot in self.lots:
            terms = lot.terms
            if terms.expires_us is not None and terms.expires_us <= now_us:
                return True
            if terms.resets and terms.effective_us <= now_us:
                return True
        return bool(self.holds) and bool(self.ended_holds(now_us))

    def _moments(self) -> Iterator[int]:
        for lot in self.lots:
            if lot.left and lot.terms.expires_us is not None:
                yield lot.terms.expires_us
            if lot.left and (self.debt or lot.terms.resets):
                yield lot.terms.effective_us
        yield from (hold.expires_us for hold in self.holds.values())

    def _instants(self, now_us: int) -> list[tuple[int, Hold | OpenLot]]:
        """Return when something happens up to now; at one moment lots end before holds, and these
        before beginnings, of which those that reset come first, in the order of their grants."""
        instants: list[tuple[int, int, Hold | OpenLot]] = [
            (lot.terms.expires_us or 0, 0, lot) for lot in self.lots if lot.terms.expired_at(now_us)
        ]
        instants += [(hold.expires_us, 1, hold) for hold in self.ended_holds(now_us)]
        begun_lots = [lot for lot in self.lots if lot.terms.effective_us <= now_us]
        resetting = [lot for lot in begun_lots if lot.terms.resets]
        resetting.sort(key=lambda lot: int(lot.terms.id.partition("-")[0]))
        instants += [(lot.terms.effective_us, 2, lot) for lot in resetting]
        if self.debt:
            instants += [(lot.terms.effective_us, 3, lot) for lot in begun_lots]
        instants.sort(key=lambda each: each[:2])
        return [(at_us, what) for at_us, _, what in instants]


def _exchanged(slices: list[Slice], lot_id: str, kept: Lot, amount: int) -> list[Slice]:
    """Return slices in which so much of a lot is of another."""
    exchanged = []
    for part in slices:
        if part.lot != lot_id:
            exchanged.append(part)
            continue
        if part.amount > amount:
            exchanged.append(Slice(part.lot, part.kind, part.amount - amount, part.expires_us))
        exchanged.append(slice_of(kept, amount))
    return exchanged
