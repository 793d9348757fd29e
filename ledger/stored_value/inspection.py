"""Checks of stored value: balances are the sums of movements, no more is claimed than is there and
nobody claims what cannot be used, and no more comes back to an order than it has spent."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.stored_value.movements import value_movements_of
from ledger.stored_value.open_claim import OpenClaim
from ledger.stored_value.settlement import Settlement
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_base import ValueFact
from ledger.stored_value.value_facts import (
    ClaimExpired,
    ClaimReleased,
    ClaimSettled,
    GiftCardDisabled,
    GiftCardEnabled,
    GiftCardIssued,
    ValueClaimed,
    ValueExpired,
    ValueGivenBack,
)

CHECK = "stored_value"


class StoredValueInspection(Inspection):
    """Adds movements up again, follows each claim, and pairs what sources and orders say."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._sums: dict[str, tuple[int, int]] = {}
        """Of each stored value: its balance, and what is claimed of it."""
        self._claims: dict[tuple[str, str], OpenClaim] = {}
        """Those that are open, by stored value and order."""
        self._expires_us: dict[str, int] = {}
        self._disabled: set[str] = set()
        self._spent: Counter[tuple[str, str]] = Counter()
        """What each order has spent of each stored value, and has not come back."""
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What stored values say of orders less what those say, by org, source, order and what."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        match fact:
            case Settlement.OrderSettled():
                self._pair(event, fact.path, fact.order, "settled", -fact.amount)
            case Settlement.OrderGivenBack():
                self._pair(event, fact.path, fact.order, "given back", -fact.amount)
            case ValueFact():
                self.report[CHECK].checked += 1
                self._stand(event, fact)
                self._follow(event, fact)
                self._move(event, fact)

    def _stand(self, event: RecordedEvent, fact: ValueFact) -> None:
        """Follow whether a card can be used."""
        name = fact.originator_id
        match fact:
            case GiftCardIssued() | ValueGivenBack() if fact.expires_us is not None:
                self._expires_us[name] = fact.expires_us
            case GiftCardDisabled():
                self._disabled.add(name)
            case GiftCardEnabled():
                self._disabled.discard(name)
            case ValueClaimed() if name in self._disabled or self._is_over(event, name):
                self._find(event, "what cannot be used is claimed")
            case ValueExpired() if not self._is_over(event, name):
                self._find(event, "the card ends before its time is over")

    def _is_over(self, event: RecordedEvent, name: str) -> bool:
        return self._expires_us.get(name, event.recorded_us + 1) <= event.recorded_us

    def _follow(self, event: RecordedEvent, fact: ValueFact) -> None:
        """Follow what an order has of a stored value."""
        match fact:
            case ValueClaimed():
                of = fact.originator_id, fact.order
                if of in self._claims:
                    self._find(event, "the order has a claim already")
                self._claims[of] = OpenClaim(fact.order, fact.amount, fact.ends_us)
            case ClaimSettled() | ClaimReleased() | ClaimExpired():
                self._end(event, fact)
            case ValueGivenBack():
                self._spent[fact.originator_id, fact.order] -= fact.amount
                if self._spent[fact.originator_id, fact.order] < 0:
                    self._find(event, "more has come back than was spent")
                self._pair(event, fact.path, fact.order, "given back", fact.amount)

    def _end(self, event: RecordedEvent, fact: ClaimSettled | ClaimReleased | ClaimExpired) -> None:
        of = fact.originator_id, fact.order
        claim = self._claims.pop(of, None)
        if claim is None or claim.amount != fact.amount:
            self._find(event, "what ends is no claim of that order and amount")
            return
        if isinstance(fact, ClaimExpired) != claim.has_ended(event.recorded_us):
            self._find(event, "the claim ends before its time is over, or is used after it")
        if isinstance(fact, ClaimSettled):
            self._spent[of] += fact.amount
            self._pair(event, fact.path, fact.order, "settled", fact.amount)

    def _move(self, event: RecordedEvent, fact: ValueFact) -> None:
        balance, claimed = self._sums.get(fact.originator_id, (0, 0))
        for moved in value_movements_of(fact):
            balance += moved.balance
            claimed += moved.claimed
        self._sums[fact.originator_id] = balance, claimed
        if not 0 <= claimed <= balance:
            self._find(event, "more is claimed than is there")

    def _pair(self, event: RecordedEvent, source: str, order: str, what: str, amount: int) -> None:
        pair(self._alone, (event.org, source, order, what), amount)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare balances with the sums of movements, and orders with what they are paid from."""
        if not self.whole:
            return
        for value, _ in folded.of(StoredValue):
            self.report[CHECK].checked += 1
            sums = self._sums.get(value.id, (0, 0))
            if (value.stored, value.claimed) != sums:
                detail = (
                    f"balance and claimed are {(value.stored, value.claimed)}, the movements sum "
                    f"to {sums}"
                )
                self.report[CHECK].find(Place(value.id.partition("/")[0], row=value.id), detail)
        for org, source, order, what in sorted(self._alone):
            detail = f"what order {order} has {what} is not the same there and with the order"
            self.report[CHECK].find(Place(org, row=source), detail)
