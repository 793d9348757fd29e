"""Where the credits of each lot went, and why each wallet owes what it owes, from the facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from ledger.credits.facts import lines_of
from ledger.credits.lots import Lot, Returned, Slice, slice_of
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact

INTO = ("granted", "received", "restored")
OUT = ("spent", "expired", "withdrawn", "sent", "repaid")


class Tally:
    """One wallet: what came into each lot and what went out of it, and its debt."""

    def __init__(self) -> None:
        self.lots: dict[str, Counter[str]] = defaultdict(Counter)
        self.debt = 0

    def take(self, fact: Fact) -> None:
        """Count a fact."""
        for name in ("lot", "adjustment", "kept"):
            lot = getattr(fact, name, None)
            if isinstance(lot, Lot):
                self.lots[lot.id]["granted"] += lot.amount
        for line in lines_of(fact):
            assert sum(part.amount for part in line.lots) + line.debt == line.amount
            self.debt += line.debt
            self._move(line.lots, "spent")
        self._take_repaid(fact)
        self._take_hold(fact)
        self._take_correction(fact)
        match fact:
            case Wallet.CreditsReceived():
                for lot in fact.lots:
                    self.lots[lot.id]["received"] += lot.amount
            case Wallet.CreditsSent() | Wallet.MoneyConverted():
                self._move(fact.lots, "sent")
            case Wallet.LotsExpired():
                self._move(fact.lots, "expired")

    def check(self, wallet: Wallet) -> None:
        """Per lot: in = out + held + left. Per wallet: debt = shortfalls - repaid - cancelled."""
        there = {lot.terms.id: (lot.left, lot.held) for lot in wallet.funds.lots}
        for lot, moved in self.lots.items():
            left, held = there.get(lot, (0, 0))
            gone = sum(moved[name] for name in OUT)
            assert sum(moved[name] for name in INTO) == gone + held + left, f"lot {lot}: {moved}"
            assert moved["held"] == held, f"lot {lot}: {moved}"
            assert left >= 0
        assert there.keys() <= self.lots.keys()
        assert wallet.funds.debt == self.debt

    def _take_hold(self, fact: Fact) -> None:
        match fact:
            case Wallet.HoldPlaced():
                self._move(fact.hold.lots, "held")
            case Wallet.HoldCaptured():
                self._move(fact.held, "held", -1)
                self._return(fact.returned)
            case Wallet.HoldReleased() | Wallet.HoldExpired():
                self._return(fact.returned)

    def _take_correction(self, fact: Fact) -> None:
        match fact:
            case Wallet.CreditsWithdrawn():
                self._move(fact.lots, "withdrawn")
                self.debt -= fact.forgiven
            case Wallet.CreditReversed():
                self._move(fact.withdrawn, "withdrawn")
                self.debt += fact.debt
                if fact.kept is not None:
                    kept = slice_of(fact.kept, fact.kept.amount)
                    self.lots[str(fact.lot)]["withdrawn"] += kept.amount
                    self.lots[str(fact.lot)]["held"] -= kept.amount
                    self._move([kept], "held")
            case Wallet.UsageReversed():
                for each in fact.restored:
                    self.lots[each.lot.id]["restored"] += each.amount
                self._move(fact.expired, "expired")
                self.debt -= fact.cancelled

    def _take_repaid(self, fact: Fact) -> None:
        repaid = getattr(fact, "repaid", [])
        if isinstance(repaid, int):  # of the one lot that came in
            lot: Lot = fact.lot  # type: ignore[attr-defined]
            repaid = [Slice(lot.id, lot.kind, repaid)]
        self._move(repaid, "repaid")
        self.debt -= sum(part.amount for part in repaid)

    def _return(self, returned: Returned) -> None:
        self._move(returned.lots, "held", -1)
        self._move(returned.expired, "expired")
        self._move(returned.repaid, "repaid")
        self.debt -= sum(part.amount for part in returned.repaid)

    def _move(self, slices: Iterable[Slice], where: str, sign: int = 1) -> None:
        for part in slices:
            self.lots[part.lot][where] += sign * part.amount
