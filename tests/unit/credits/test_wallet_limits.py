"""A wallet never comes to hold more than the store's 64 bits, whatever is pending or owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from ledger.credits.lots import Kind, Terms
from ledger.credits.usage import RatedUse, Use
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import moment

NOW, LATER = moment(1_000), 2_000


def wallet() -> Wallet:
    return Wallet.open("acme", "ada", "credit", NOW)


def deposit(amount: int, effective_us: int | None = None) -> Callable[[Wallet], object]:
    terms = Terms(Kind.PURCHASED, amount, effective_us)
    return lambda wallet: wallet.deposit(terms, NOW, fingerprint="f")


def charge(*amounts: int, at: datetime = NOW) -> Callable[[Wallet], None]:
    def use(wallet: Wallet) -> None:
        draft = wallet.draft(at)
        for n, amount in enumerate(amounts):
            draft.charge(
                RatedUse(Use(id=f"u{n}", fingerprint="f", user="ada"), "key", 1_000, amount)
            )
        wallet.record(draft, at)

    return use


def test_all_of_64_bits_can_be_held_and_owed() -> None:
    rich, poor = wallet(), wallet()
    deposit(AMOUNT_MAX)(rich)
    charge(AMOUNT_MAX)(poor)
    assert (rich.funds.balance, poor.funds.balance) == (AMOUNT_MAX, -AMOUNT_MAX)


@pytest.mark.parametrize(
    "steps",
    [
        (deposit(AMOUNT_MAX), deposit(1)),
        (charge(AMOUNT_MAX), charge(1)),
        (charge(AMOUNT_MAX, 1),),
        (charge(AMOUNT_MAX), deposit(AMOUNT_MAX, LATER), deposit(1, LATER)),
    ],
    ids=["balance", "debt", "debt of one batch", "pending beside debt"],
)
def test_more_is_refused(steps: tuple[Callable[[Wallet], object], ...]) -> None:
    full = wallet()
    for step in steps[:-1]:
        step(full)
    with pytest.raises(Invalid) as refused:
        steps[-1](full)
    assert refused.value.field == "amount"


def test_a_deposit_that_pays_debt_may_bring_more_than_fits_beside_what_is_pending() -> None:
    full = wallet()
    charge(5)(full)
    deposit(AMOUNT_MAX - 5, LATER)(full)
    deposit(5)(full)
    assert (full.funds.debt, full.funds.balance) == (0, AMOUNT_MAX - 5)
