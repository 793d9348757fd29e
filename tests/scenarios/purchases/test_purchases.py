"""A purchase is begun, opened and paid, failed or expired: each once, in whatever order."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, KeyReused, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.purchases.notice import CheckoutExpired, MethodRemoved, PaymentFailed
from tests.scenarios.commands import ORG, deposit, usage, use
from tests.scenarios.purchase_commands import (
    confirm,
    opened,
    paid,
    publish_offers,
    start,
    told,
)
from tests.scenarios.purchases.folding import purchase_of
from tests.scenarios.wallet_commands import reverse, suspend
from tests.scenarios.world import World

DECLINED = PaymentFailed("card_declined", "pi_0")
EXPIRED = CheckoutExpired("cs_1")
PAID = ("BuyerOpened", "PurchaseCounted", "PurchasePaid", "WalletOpened", "CreditsDeposited")


def test_what_is_bought_is_fixed_when_it_is_begun(world: World) -> None:
    world.given(start(), publish_offers(1_000, key="dearer"))
    world.when(opened(), told(paid(), notice="evt_1"))
    world.then_recorded("CheckoutOpened", *PAID)
    world.then_lots("purchased 21000").then_balance("21000")
    (lot,) = world.balance().lots
    assert lot.terms.paid is not None
    assert (lot.terms.paid.amount, lot.terms.paid.currency) == (2_000, "usd")
    assert lot.terms.expires_us is None
    assert purchase_of(world).status == "paid"


def test_credits_are_bought_by_their_number_too(world: World) -> None:
    world.given(start(None, credits="21000"), told(paid(2_000)))
    world.then_balance("21000")
    world.when(start(None, id="q")).then_refused(Invalid, field="amount")
    world.when(start(100, id="q", credits="1")).then_refused(Invalid, field="amount")
    world.when(start(None, id="q", credits="99999999")).then_refused(Invalid, field="credits")


def test_the_offers_of_the_org_come_before_those_of_the_platform(world: World) -> None:
    world.given(publish_offers(50, key="1"), start(100, id="a"), told(paid(100), id="a"))
    world.then_balance("2000")
    world.given(publish_offers(10, key="2", org=ORG), start(100, id="b"))
    world.given(told(paid(100, payment="pi_2"), id="b")).then_balance("12000")
    started = purchase_of(world, "b")
    assert (started.credits, started.bonus) == (10_000_000_000, 0)


@pytest.mark.parametrize("currency", ["eur", "jpy"])
def test_there_must_be_offers_in_the_currency(world: World, currency: str) -> None:
    begin = start(300, currency=currency)
    world.when(begin).then_refused(Invalid, field="amount.currency")
    world.given(publish_offers(150, key="1", org=PLATFORM, currency=currency), begin)
    world.given(told(paid(300, currency=currency))).then_balance("2000")


@pytest.mark.parametrize(
    ("amount", "field"), [(99, "amount.amount"), (0, "amount.amount"), (1_000_001, "amount.amount")]
)
def test_too_little_and_too_much_is_refused(world: World, amount: int, field: str) -> None:
    world.when(start(amount)).then_refused(Invalid, field=field)
    world.then_nothing_recorded()


def test_what_makes_no_purchase_is_refused_by_the_field(world: World) -> None:
    world.when(start(provider="paypal")).then_refused(Invalid, field="provider")
    world.when(start(expires="2026-02-01T12:00:00Z")).then_refused(Invalid, field="expires_at")
    world.when(start(org="nobody")).then_refused(NotFound)
    world.given(start()).when(start(3_000)).then_refused(KeyReused)
    world.when(told(paid(), id="other")).then_refused(NotFound, field="purchase")


def test_twins_are_paid_once(world: World) -> None:
    world.given(start())
    world.when_together(*[told(paid(), notice="evt_1")] * 3, told(paid(), notice="evt_2"))
    world.then_recorded(*PAID)
    assert [each.is_known for each in world.outcomes] == [False, True, True, False]
    world.when(told(paid()), told(paid(), notice="evt_1"), opened(), opened("cs_2"))
    world.then_recorded("CheckoutOpened")


def test_a_payment_that_failed_or_came_too_late_may_still_come(world: World) -> None:
    world.given(start(), opened())
    world.when(told(DECLINED, notice="1"), told(DECLINED, notice="2"), told(EXPIRED, notice="3"))
    world.then_recorded("PurchaseFailed", "PurchaseExpired")
    world.when(told(DECLINED, notice="4")).then_nothing_recorded()
    assert purchase_of(world).status == "expired"
    world.when(told(paid(), notice="5")).then_balance("21000")
    world.when(told(EXPIRED), told(DECLINED), opened()).then_nothing_recorded()


def test_what_no_purchase_is_about_changes_nothing(world: World) -> None:
    world.given(start()).when(told(MethodRemoved("pm_1"), notice="1")).then_nothing_recorded()


@pytest.mark.parametrize(("amount", "currency"), [(1_999, "usd"), (2_001, "usd"), (2_000, "eur")])
def test_other_money_buys_nothing_and_is_looked_at(
    world: World, amount: int, currency: str
) -> None:
    world.given(start()).when(told(paid(amount, currency=currency), notice="1"))
    world.then_recorded("PurchaseFlagged")
    assert [each.why for each in world.facts] == ["other_money"]  # type: ignore[attr-defined]
    world.when(told(paid(amount, currency=currency), notice="2")).then_nothing_recorded()
    world.when(told(paid(), notice="3")).then_balance("21000")


def test_money_that_comes_twice_is_looked_at(world: World) -> None:
    world.given(start(), told(paid())).when(told(paid(payment="pi_2"), notice="1"))
    world.then_recorded("PurchaseFlagged").then_balance("21000")


def test_credits_come_to_a_wallet_in_debt_and_a_suspended_one(world: World) -> None:
    world.given(start(), usage([use("1000", id="u")]), suspend())
    world.given(told(paid())).then_balance("20000")


def test_a_transfer_is_confirmed_by_a_person_and_confirms_one_purchase(world: World) -> None:
    world.given(start(provider="manual"), start(provider="manual", id="q"))
    early = "2026-02-01T09:00:00Z"
    world.when(confirm("wire 7", paid=early))
    world.then_recorded(*PAID[2:], *PAID[:2]).then_balance("21000")
    assert purchase_of(world).paid_us == 1_769_936_400_000_000
    world.when(confirm("wire 7", paid=early)).then_nothing_recorded()
    assert not world.refusals
    world.when(confirm("wire 8")).then_refused(Conflict, field="id")
    world.when(confirm("wire 7", id="q")).then_refused(Conflict, field="reference")
    world.when(confirm("wire 9", id="q", paid="2026-02-01T12:00:01Z"))
    world.then_refused(Invalid, field="paid_at")
    world.when(confirm("", id="q")).then_refused(Invalid, field="reference")
    world.when(confirm("wire 9", id="x")).then_refused(NotFound, field="purchase")
    world.given(start(id="s")).when(confirm("wire 9", id="s")).then_refused(Conflict, field="id")


def test_what_was_bought_is_not_reversed_but_refunded(world: World) -> None:
    world.given(start(), told(paid()))
    sequence = world.events[-1].sequence
    world.when(reverse(sequence)).then_refused(Conflict, field="id")
    world.given(deposit("1", key="d"))
    world.when(reverse(world.events[-1].sequence))
    assert not world.refusals
