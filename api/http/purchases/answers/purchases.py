"""Answers about purchases."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.queries.purchases.inbox import InboxEntry
from api.queries.purchases.purchases import FoundPurchase, Happened, ListedPurchase
from api.queries.purchases.recharges import FoundRule
from ledger.kernel.money import format_amount, format_credits
from ledger.kernel.times import format_time
from ledger.purchases.inbox import InboxState
from ledger.purchases.notice import Money
from ledger.purchases.offers import PublishedOffers
from ledger.purchases.payment import PurchaseStarted
from ledger.purchases.purchase_base import Stage, Status


class InboxEntryAnswer(Answer):
    """A notice: `org` and `purchase` as the provider named them or a person has said; `why`: what
    kept it from being acted on the last time."""

    provider: str
    id: str
    type: str
    org: str | None
    purchase: str | None
    assigned_by: str | None
    state: Annotated[str, one_of(InboxState)]
    why: str | None
    attempts: int
    created_at: Time
    received_at: Time
    ended_at: Time | None


def inbox_answer(entry: InboxEntry) -> InboxEntryAnswer:
    """Return a notice as it is answered."""
    kept = entry.kept
    place = kept.assigned or kept.notice
    return InboxEntryAnswer(
        kept.provider,
        kept.notice.id,
        kept.notice.type,
        place.org,
        place.purchase,
        kept.assigned.actor.subject if kept.assigned else None,
        entry.state,
        entry.why,
        entry.attempts,
        format_time(kept.notice.created_us),
        format_time(kept.received_us),
        time_or_null(entry.ended_us),
    )


class MoneyAnswer(Answer):
    """An amount of a currency, in its major unit."""

    amount: Amount
    currency: str


class BonusAnswer(Answer):
    """What an amount of `threshold` or more earns on top, in basis points of what it buys."""

    threshold: Amount
    bps: int


class OffersAnswer(Answer):
    """What credits cost in a currency: `price` of 1,000. `version` 0: nobody has published other
    ones."""

    currency: str
    version: int
    price: Amount
    bonuses: list[BonusAnswer]
    smallest: Amount
    largest: Amount


class AllOffersAnswer(Answer):
    """The offers that hold for the org, by their currencies."""

    data: list[OffersAnswer]


class CheckoutAnswer(Answer):
    """A purchase that has begun. `checkout_url`: where it is paid until `expires_at`; null where
    it is a bank transfer that a person confirms."""

    purchase: str
    status: Annotated[str, one_of(Status)]
    amount: MoneyAnswer
    credits: Amount
    bonus: Amount
    checkout_url: str | None
    expires_at: Time | None


class PurchaseEventAnswer(Answer):
    """Something that has happened to a purchase."""

    sequence: int
    type: str
    recorded_at: Time


class PurchaseAnswer(Answer):
    """A purchase as it is now, and what has happened to it."""

    purchase: str
    user: str
    provider: str
    status: Annotated[str, one_of(Status)]
    amount: MoneyAnswer
    checkout_url: str | None
    history: list[PurchaseEventAnswer]


class ListedPurchaseAnswer(Answer):
    """A purchase: how far its payment has come, and whether a person must look at it."""

    purchase: str
    user: str
    provider: str
    status: Annotated[str, one_of(Stage)]
    amount: MoneyAnswer
    credits: Amount
    bonus: Amount
    begun_by: str
    review: str | None
    started_at: Time
    paid_at: Time | None


class ReviewedAnswer(Answer):
    """A purchase that a person has looked at."""

    purchase: str
    approved: bool
    closed_at: Time


class RechargeAnswer(Answer):
    """The rule of a wallet. `purchase`: the one in flight; `bought`: how many in the month
    `month`; `stopped`: why it has ended by itself."""

    user: str
    enabled: bool
    threshold: Amount
    amount: MoneyAnswer
    payment_method: str
    max_monthly: int
    purchase: str | None
    month: str | None
    bought: int
    waits_until: Time | None
    stopped: str | None


class RemovedRechargeAnswer(Answer):
    """A wallet that has no rule any more."""

    user: str
    removed_at: Time


class ConfirmedAnswer(Answer):
    """A purchase whose bank transfer came."""

    purchase: str
    paid_at: Time
    amount: MoneyAnswer


class SetupAnswer(Answer):
    """The provider's page where a payment method is saved."""

    setup_url: str


class PortalAnswer(Answer):
    """The provider's page with receipts and payment methods."""

    portal_url: str


def money_answer(money: Money) -> MoneyAnswer:
    """Return an amount of money as it is answered."""
    return MoneyAnswer(format_amount(money.amount, money.currency), money.currency)


def offers_answer(published: PublishedOffers) -> OffersAnswer:
    """Return offers as they are answered."""
    offers = published.offers
    price, smallest, largest = (
        format_amount(each, offers.currency)
        for each in (offers.price, offers.smallest, offers.largest)
    )
    bonuses = [
        BonusAnswer(format_amount(each.threshold, offers.currency), each.bps)
        for each in offers.bonuses
    ]
    return OffersAnswer(offers.currency, published.version, price, bonuses, smallest, largest)


def checkout_answer(purchase: str, fact: PurchaseStarted, found: FoundPurchase) -> CheckoutAnswer:
    """Return a purchase that has begun as it is answered."""
    return CheckoutAnswer(
        purchase,
        found.status,
        money_answer(fact.money),
        format_credits(fact.credits),
        format_credits(fact.bonus),
        found.url,
        time_or_null(fact.page.expires_us if fact.page else None),
    )


def listed_answer(found: ListedPurchase) -> ListedPurchaseAnswer:
    """Return a purchase of a list as it is answered."""
    return ListedPurchaseAnswer(
        found.id,
        found.owner,
        found.provider,
        found.status,
        money_answer(Money(found.amount, found.currency)),
        format_credits(found.credits),
        format_credits(found.bonus),
        found.begun_by,
        found.review,
        format_time(found.started_us),
        time_or_null(found.paid_us),
    )


def recharge_answer(user: str, found: FoundRule) -> RechargeAnswer:
    """Return the rule of a wallet as it is answered."""
    rule = found.rule
    return RechargeAnswer(
        user,
        rule.enabled,
        format_credits(rule.threshold),
        money_answer(rule.money),
        rule.charge.method,
        rule.max_monthly,
        found.purchase,
        found.month or None,
        found.in_month,
        time_or_null(found.waits_until_us),
        found.stopped,
    )


def purchase_answer(found: FoundPurchase, history: list[Happened]) -> PurchaseAnswer:
    """Return a purchase as it is answered."""
    return PurchaseAnswer(
        found.id,
        found.owner,
        found.provider,
        found.status,
        money_answer(Money(found.amount, found.currency)),
        found.url,
        [
            PurchaseEventAnswer(each.sequence, each.type, format_time(each.recorded_us))
            for each in history
        ],
    )
