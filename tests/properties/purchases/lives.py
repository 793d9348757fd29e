"""Lives: a purchase and its wallet, without a store: what is told, asked and used, one by one."""

from __future__ import annotations

from ledger.credits.lots import Kind, Terms
from ledger.credits.usage import RatedUse, Use
from ledger.credits.wallet import Wallet
from ledger.kernel.times import moment
from ledger.purchases.notice import Happening, Money
from ledger.purchases.offers import Bought
from ledger.purchases.purchase import Purchase

AT = moment(1_000_000)
WINDOW_US = 10**12


class Life:
    """One purchase, for a wallet that has so much and owes so much."""

    def __init__(self, money: Money, bought: Bought, *, has: int = 0, owes: int = 0) -> None:
        self.wallet = Wallet.open("acme", "ada", "credit", AT)
        self.purchase = Purchase.start(
            "acme", "p", "ada", "stripe", money, bought, "platform", 0, AT, fingerprint="f"
        )
        self._number = 0
        if has:
            self.wallet.deposit(Terms(Kind.PURCHASED, has), AT, fingerprint="f")
        if owes:
            self.use(owes)

    def use(self, amount: int) -> None:
        """Use credit, also where there is none."""
        self._number += 1
        draft = self.wallet.draft(AT)
        use = Use(id=f"u{self._number}", fingerprint="f", user="ada")
        draft.charge(RatedUse(use, "key", 1_000_000, amount))
        self.wallet.record(draft, AT)

    def hear(self, told: Happening) -> None:
        """Take in what the provider tells."""
        self.purchase.hear(self.wallet, told, AT)

    def refund(self, name: str, amount: int | None) -> Money:
        """Ask for money back; return how much it is."""
        self.purchase.request_refund(
            self.wallet, name, amount, WINDOW_US, AT, fingerprint="f", reason=None
        )
        return Money(self.purchase.refunds[name].amount, self.purchase.money.currency)

    def end(self) -> tuple[object, ...]:
        """Where it has come to."""
        self.wallet.fall_due(AT)
        funds = self.wallet.funds
        return (
            self.purchase.stage,
            self.purchase.status,
            {name: each.state for name, each in self.purchase.refunds.items()},
            {name: each.state for name, each in self.purchase.disputes.items()},
            sorted(self.purchase.flags),
            funds.balance,
            funds.debt,
            self.wallet.is_suspended,
        )
