"""What facts take from lots other than by use, and how much of a transaction they reverse.

Added up over all facts, that is kept in rows beside the events, where a reversal looks it up, and
not in the wallet, whose row every debit writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ledger.credits.adjustments import CreditsWithdrawn
from ledger.credits.expiry import HoldExpired, LotsExpired
from ledger.credits.holds import HoldCaptured, HoldReleased
from ledger.credits.lot_parts import Losses
from ledger.credits.lots import Slice
from ledger.credits.ports import LotLossRow, LotName, ReversedRow
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.credits.transfers import CreditsSent
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import split_stream_id, wallet_names

Loss = tuple[str, Losses]
"""A lot, and what it loses."""


def _expired(slices: Iterable[Slice]) -> Iterator[Loss]:
    return ((part.lot, Losses(expired=part.amount)) for part in slices)


def _of_usage(fact: UsageReversed) -> Iterator[Loss]:
    yield from _expired(fact.expired)
    yield from ((part.lot, Losses(owed=-part.amount)) for part in fact.owed)


def _of_credit(fact: CreditReversed) -> Iterator[Loss]:
    """Unknown of facts that do not name their lot: they are older than these rows."""
    if fact.lot is not None and fact.used + fact.sent:
        yield fact.lot, Losses(sent=-fact.sent, owed=fact.used)


_LOSSES: dict[type[Fact], Callable[[Any], Iterable[Loss]]] = {
    LotsExpired: lambda fact: _expired(fact.lots),
    HoldCaptured: lambda fact: _expired(fact.returned.expired),
    HoldReleased: lambda fact: _expired(fact.returned.expired),
    HoldExpired: lambda fact: _expired(fact.returned.expired),
    CreditsWithdrawn: lambda fact: (
        (part.lot, Losses(withdrawn=part.amount)) for part in fact.lots
    ),
    CreditsSent: lambda fact: ((part.lot, Losses(sent=part.amount)) for part in fact.lots),
    UsageReversed: _of_usage,
    CreditReversed: _of_credit,
}


def losses_by(fact: Fact) -> Iterable[Loss]:
    """What lots of the fact's wallet lose by it."""
    losses = _LOSSES.get(type(fact))
    return losses(fact) if losses is not None else ()


class LotTally:
    """Adds up what facts say, into the rows of `reversals` and `lot_losses`."""

    def __init__(self) -> None:
        self._reversed: Counter[tuple[str, str]] = Counter()
        self._losses: dict[LotName, Losses] = {}
        self._last: dict[tuple[str, ...], int] = {}

    def see(self, fact: Fact, sequence: int) -> None:
        """Add a fact."""
        if isinstance(fact, UsageReversed | CreditReversed):
            original = (split_stream_id(fact.originator_id)[0], fact.original)
            self._reversed[original] += fact.amount
            self._last[original] = sequence
        for lot, losses in losses_by(fact):
            org, _ = split_stream_id(fact.originator_id)
            name = LotName(org, *wallet_names(fact.originator_id), lot)
            self._losses[name] = self._losses.get(name, Losses()).plus(losses)
            self._last[name] = sequence

    def reversals(self) -> list[ReversedRow]:
        """How much of which transactions is reversed, in order."""
        return [
            ReversedRow(*original, amount, self._last[original])
            for original, amount in sorted(self._reversed.items())
        ]

    def losses(self) -> list[LotLossRow]:
        """What lots have lost, in order."""
        return [
            LotLossRow(*name, *losses, self._last[name])
            for name, losses in sorted(self._losses.items())
        ]
