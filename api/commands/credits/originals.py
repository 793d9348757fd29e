"""What was recorded before and matters again: facts, what is reversed, and what lots have lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from api.commands.application import Ledger
from api.commands.result import PendingFact
from api.commands.used_keys import archived
from ledger.credits.losses import LotTally
from ledger.credits.lot_parts import Losses
from ledger.credits.ports import LotName
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import split_stream_id


class Originals:
    """The rows of `reversals` and `lot_losses`, and what is not known to be stored of them.

    Nothing is kept in memory. A row says up to which event it counts, so that what is in flight is
    counted once, whether or not it has been stored meanwhile.
    """

    def __init__(self, ledger: Ledger, in_doubt: Callable[[], Iterator[PendingFact]]) -> None:
        self._ledger = ledger
        self._event_store = ledger.event_store
        self._in_doubt = in_doubt

    def fact_of(self, aggregate_id: str, version: int) -> Fact:
        """A fact of an aggregate, committed or in doubt."""
        for stored_fact in self._in_doubt():
            fact = stored_fact.fact
            if (fact.originator_id, fact.originator_version) == (aggregate_id, version):
                return fact
        found = list(self._ledger.events.get(aggregate_id, gt=version - 1, lte=version))
        if not found:
            raise archived("what this depends on")
        assert isinstance(found[0], Fact)
        return found[0]

    def reversed_so_far(self, org: str, original: str) -> int:
        """How much of a transaction is reversed."""
        rows = self._event_store.reversed_rows(org, [original])
        amount, counted = (rows[0].amount, rows[0].sequence) if rows else (0, 0)
        later = self._after(org, counted).reversals()
        return amount + sum(row.amount for row in later if row[:2] == (org, original))

    def losses(self, wallet: Wallet, lots: Iterable[str]) -> dict[str, Losses]:
        """What lots of a wallet have lost, of those that have lost something."""
        org, _ = split_stream_id(wallet.id)
        names = [LotName(org, wallet.owner, wallet.asset, lot) for lot in dict.fromkeys(lots)]
        rows = {LotName(*row[:4]): row for row in self._event_store.loss_rows(names)}
        losses = {}
        for name in names:
            row = rows.get(name)
            found = Losses(*row[4:8]) if row else Losses()
            later = self._after(org, row.sequence if row else 0).losses()
            for each in later:
                if each[:4] == name:
                    found = found.plus(Losses(*each[4:8]))
            losses[name.lot] = found
        return losses

    def _after(self, org: str, counted: int) -> LotTally:
        """What an org's facts in doubt say, of those after what a row has counted."""
        tally = LotTally()
        for stored_fact in self._in_doubt():
            if _org_of(stored_fact) == org and not 0 < stored_fact.sequence <= counted:
                tally.see(stored_fact.fact, stored_fact.sequence)
        return tally


def _org_of(stored_fact: PendingFact) -> str:
    return split_stream_id(stored_fact.aggregate_id)[0]
