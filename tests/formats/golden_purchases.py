"""The part of the golden story that is about purchases: every fact of them, every field with and
without."""

from __future__ import annotations

import dataclasses

from api.commands.command import Command
from api.commands.credits.allowances import GrantStarter, SetAllowance
from api.commands.due import FallDue
from api.commands.purchases.recharges import StopRecharge
from ledger.purchases.buyer import Buyer
from ledger.purchases.notice import CheckoutExpired, PaymentFailed
from ledger.purchases.offer_book import OfferBook
from ledger.purchases.provider_account import ProviderAccount
from ledger.purchases.purchase import Purchase
from ledger.purchases.purchase_policy import PurchasePolicy
from ledger.purchases.recharge import Recharge, purchase_of, recharge_id
from ledger.purchases.recharge_facts import Stop
from tests.scenarios.commands import ACTOR, ORG, deposit, grant, usage, use
from tests.scenarios.purchase_commands import (
    account,
    booking,
    confirm,
    disputed,
    evidence,
    evidence_taken,
    fees,
    no_recharge,
    opened,
    paid,
    policy,
    publish_offers,
    recharge,
    refund,
    refunded,
    review,
    stands,
    start,
    told,
)


def purchases() -> list[Command[object]]:
    """Offers and a policy; four purchases of one user, and what becomes of each."""
    return [
        publish_offers(90, (2_000, 500), key="offers", org=ORG),
        publish_offers(key="yen", currency="jpy"),
        policy(refund_days=30),
        *_paid(),
        *_given_back(),
        *_asked_back(),
        *_never_paid(),
        *_looked_at(),
        *_taken_from_others(),
        *_kept(),
    ]


def _begin(id: str, provider: str = "stripe") -> Command[object]:
    return start(id=id, user="ivy", provider=provider, expires="2026-03-01T00:00:00Z")


def _paid() -> list[Command[object]]:
    """Told too early, twice, and in other money; refunded in parts."""
    return [
        _begin("one"),
        opened(id="one"),
        told(refunded(100, number="re_0"), id="one", notice="evt_1"),
        told(paid(), id="one", notice="evt_2"),
        refund(300, name="rf_1", id="one", reason="was not needed"),
        refund(400, name="rf_2", id="one"),
        told(refunded(300, asked="rf_1"), id="one", notice="evt_3"),
        told(refunded(400, "failed", number="re_2", asked="rf_2"), id="one", notice="evt_4"),
        stands(refunded(300, "failed", asked="rf_1"), id="one"),
        told(paid(1_999), id="one", notice="evt_5"),
        review(id="one", reason="it was a test"),
    ]


def _looked_at() -> list[Command[object]]:
    """One may not be transferred and one is held back until a person has looked at it."""
    return [
        policy("careful", refund_days=1, hourly=0, daily_credits=1, sends_evidence=True),
        _begin("six"),
        told(paid(payment="pi_6"), id="six"),
        review(id="six"),
        policy("more careful", hourly=0, holds_back=True),
        _begin("seven"),
        told(disputed("won"), id="seven"),
        told(paid(payment="pi_7"), id="seven"),
        review(id="seven"),
        policy("as before"),
    ]


def _given_back() -> list[Command[object]]:
    """By bank transfer, given back without us, which leaves debt; it fails, and time has passed."""
    transfer = confirm("wire 7", id="two", paid="2026-02-13T00:00:00Z")
    return [
        _begin("two", "manual"),
        transfer,
        grant("5", "promotional", key="ivy's", user="ivy"),
        usage([use("40000", id="ivy", user="ivy")]),
        told(refunded(1_500, "pending", number="re_3"), id="two"),
        told(refunded(1_500, number="re_3"), id="two", notice="evt_6"),
        deposit("7", key="ivy pays", user="ivy"),
        told(refunded(1_500, "failed", number="re_3"), id="two"),
    ]


def _asked_back() -> list[Command[object]]:
    """One dispute is won and one lost."""
    lost = disputed("lost", 900, number="dp_2")
    return [
        _begin("three"),
        told(paid(payment="pi_3"), id="three"),
        told(disputed(amount=800), id="three", notice="evt_7"),
        dataclasses.replace(evidence(id="three"), key="with texts"),
        dataclasses.replace(evidence(id="three"), key="without", evidence=None),
        evidence_taken(id="three", user="ivy"),
        told(disputed("won", 800), id="three"),
        told(disputed("won", 700, number="dp_3"), id="three"),
        told(lost, id="three", notice="evt_8"),
        deposit("90000", key="ivy pays all", user="ivy"),
        usage([use("1", id="ivy again", user="ivy")]),
    ]


def _taken_from_others() -> list[Command[object]]:
    """What is left of the lot, other credit, and debt."""
    return [
        start(id="eight", user="jan", expires="2026-03-01T00:00:00Z"),
        told(paid(payment="pi_8"), id="eight"),
        usage([use("20000", id="jan", user="jan")]),
        refund(1, name="rf_8", id="eight", reason="we were wrong", overrides=True),
        grant("300", "promotional", key="jan's", user="jan", expires="2026-02-15T00:00:00Z"),
        told(disputed(number="dp_8"), id="eight"),
        usage([use("50", id="jan more", user="jan")]),
    ]


def _kept() -> list[Command[object]]:
    """Fees of a purchase and of the account, a payout, and what has come back of each."""
    back = booking("txn_4", -5, of="fee_1")
    return [
        fees(booking(), booking("txn_2", -30, of="dp_1"), id="one"),
        account([booking("txn_3", 1_900, of="po_1")], [back]),
        account([booking("txn_3", 1_900, of="po_1"), booking("txn_5", -1_900, of="po_1")], [back]),
    ]


def purchases_later() -> list[Command[object]]:
    """Some of it has expired when it comes back, the rest pays other debt; a rule buys credit."""
    first, second = (purchase_of(recharge_id(ORG, "kim"), number) for number in (1, 2))
    failed = told(PaymentFailed("card_declined"), id=first)
    return [
        told(disputed("won", number="dp_8"), id="eight"),
        recharge(key="kim's", user="kim", max_monthly=1),
        failed,
        FallDue(org=ORG, actor=ACTOR, stream="recharge/kim"),
        recharge(key="kim's more", user="kim", max_monthly=2),
        told(paid(payment="pi_9"), id=second),
        StopRecharge(org=ORG, actor=ACTOR, user="kim", why=Stop.METHOD_REMOVED),
        no_recharge(key="kim's no more", user="kim"),
    ]


def purchases_last() -> list[Command[object]]:
    """A decline is not tried again before its time, a month's limit not before the next month."""
    third, fourth = (purchase_of(recharge_id(ORG, "lea"), number) for number in (1, 2))
    return [
        recharge(key="lea's", user="lea", max_monthly=1),
        told(PaymentFailed("card_declined"), id=third),
        opened("cs_9", id=third),
        recharge(key="lea's again", user="lea", max_monthly=1, threshold="200"),
        recharge(key="lea's more", user="lea", max_monthly=2, threshold="300"),
        told(PaymentFailed("card_declined"), id=fourth),
    ]


def waited() -> list[Command[object]]:
    """Time has come."""
    welcome = GrantStarter(
        org=ORG, actor=ACTOR, key="mia's", sent={}, user="mia", month="2026-03", identity="digest"
    )
    verified = SetAllowance(
        org=ORG, actor=ACTOR, key="verified", sent={}, free_monthly=5, verified_only=True
    )
    return [FallDue(org=ORG, actor=ACTOR, stream="recharge/lea"), welcome, verified]


def _never_paid() -> list[Command[object]]:
    return [
        _begin("four"),
        told(PaymentFailed("authentication_required", "pi_4", needs_person=True), id="four"),
        told(CheckoutExpired("cs_4"), id="four"),
        _begin("five"),
        told(PaymentFailed("card_declined"), id="five", notice="evt_9"),
    ]


OfPurchases = OfferBook | PurchasePolicy | Buyer | Purchase | Recharge | ProviderAccount
"""The aggregates of purchases."""


def state_of_purchases(aggregate: OfPurchases) -> list[object]:
    """What an aggregate of purchases remembers."""
    match aggregate:
        case OfferBook(offers=kept) | PurchasePolicy(policy=kept) | Buyer(recent=kept):
            return [kept]
        case Purchase():
            parts = [aggregate.refunds, aggregate.disputes, aggregate.flags, aggregate.early]
            return [aggregate.status, aggregate.payment, aggregate.lot, *parts, aggregate.fees]
        case ProviderAccount():
            return [sorted(aggregate.payouts), sorted(aggregate.fees)]
        case Recharge():
            month = [aggregate.month, aggregate.in_month, aggregate.number]
            waits = [aggregate.declines, aggregate.waits_until_us, aggregate.stopped]
            return [aggregate.rule, aggregate.purchase, *month, *waits]
