"""A member's own credit, which pays for their work before the pool of a shared org does.

It goes to the pool with the work that it pays for, as a transfer of just so much: the member's fact
says what left, the pool's what came, and the usage line that follows takes it first.
"""

from __future__ import annotations

from datetime import datetime

from ledger.credits.due import record_due
from ledger.credits.lots import Lot, Slice, slice_of, total
from ledger.credits.transfers import CreditsReceived, CreditsSent, moved_lot
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.times import microseconds


class OwnCredit:
    """What a member has left while their work is charged. Nothing is recorded before `move`."""

    def __init__(self, member: WalletBase, at: datetime) -> None:
        self.member = member
        self._version = 0
        self._at = at
        self._funds = member.funds.copy()
        self._due = self._funds.fall_due(microseconds(at))
        self._lots: dict[str, Lot] = {}
        self._sent: dict[str, Slice] = {}

    @property
    def available(self) -> int:
        """What is left to give."""
        return self._funds.available(microseconds(self._at))

    @property
    def given(self) -> int:
        """What was given."""
        return total(self._sent.values())

    @property
    def lots(self) -> list[Lot]:
        """The lots in which it comes to the pool."""
        return list(self._lots.values())

    def give(self, amount: int, version: int) -> list[Slice]:
        """Give up to an amount, in burn order, as slices of the pool's lots.

        `version` is that of the fact in the pool which will say that it came; the first counts.
        """
        self._version = self._version or version
        terms = {lot.terms.id: lot.terms for lot in self._funds.lots}
        slices = list(self._funds.spendable(amount, microseconds(self._at)))
        self._funds.remove(slices)
        return [self._take(terms[part.lot], part.amount) for part in slices]

    def _take(self, lot: Lot, amount: int) -> Slice:
        before = self._sent.get(lot.id)
        more = amount + (before.amount if before else 0)
        self._sent[lot.id] = slice_of(lot, more)
        came = self._lots.get(lot.id)
        name = came.id if came else f"{self._version}-{len(self._lots)}"
        self._lots[lot.id] = moved_lot(lot, name, more)
        return slice_of(self._lots[lot.id], amount)

    def move(self, pool: WalletBase) -> None:
        """Record that it left the member, and that it came to the pool."""
        member = self.member
        record_due(member, self._due, self._at)
        member.trigger_event(
            CreditsSent,
            timestamp=self._at,
            fingerprint="",
            to=pool.owner,
            lots=list(self._sent.values()),
            balance_after=self._funds.balance,
        )
        assert pool.version + 1 == self._version
        pool.trigger_event(
            CreditsReceived,
            timestamp=self._at,
            sender=member.owner,
            lots=self.lots,
            balance_after=pool.funds.balance + self.given,
        )
