"""Commands on purchases as the API would make them of checked input, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.commands.command import Command
from api.commands.purchases.disputes import RecordEvidenceTaken, SendEvidence
from api.commands.purchases.movements import RecordAccount, RecordFees
from api.commands.purchases.notices import (
    RecordCheckout,
    RecordHappening,
    RecordNotice,
    RecordStanding,
)
from api.commands.purchases.offers import PublishOffers
from api.commands.purchases.policies import SetPurchasePolicy
from api.commands.purchases.purchases import CloseReview, ConfirmPurchase, StartPurchase
from api.commands.purchases.recharges import RemoveRecharge, SetRecharge
from api.commands.purchases.refunds import RequestRefund
from ledger.kernel.ids import PLATFORM
from ledger.purchases.booking import Booking
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    Notice,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.offers import Bonus
from ledger.purchases.policy import Policy
from ledger.purchases.provider import Checkout
from ledger.purchases.purchase_base import Page, SavedMethod
from ledger.purchases.recharge_facts import Rule
from tests.scenarios.commands import ACTOR, ORG, USER, credits_of, sealed, us


def publish_offers(
    price: int = 100,
    *bonuses: tuple[int, int],
    key: str,
    org: str = PLATFORM,
    currency: str = "usd",
    sizes: tuple[int | None, int | None] = (None, None),
) -> PublishOffers:
    """What credits cost: the price of 1,000, and (threshold, basis points) in order."""
    return PublishOffers(
        org=org,
        actor=ACTOR,
        key=key,
        sent={"price": price, "bonuses": _lists(bonuses), "currency": currency, "sizes": sizes},
        currency=currency,
        price=price,
        bonuses=[Bonus(*each) for each in bonuses],
        smallest=sizes[0],
        largest=sizes[1],
    )


def _lists(bonuses: Sequence[tuple[int, int]]) -> list[list[int]]:
    return [list(each) for each in bonuses]


def start(
    amount: int | None = 2_000,
    *,
    id: str = "p",
    user: str = USER,
    org: str = ORG,
    provider: str = "stripe",
    currency: str = "usd",
    credits: str | None = None,
    expires: str = "2026-02-02T12:00:00Z",
) -> StartPurchase:
    """The beginning of a purchase, on a page where a provider has one."""
    page = Page("https://example.com/yes", "https://example.com/no", us(expires) or 0)
    money = None if amount is None else Money(amount, currency)
    return StartPurchase(
        org=org,
        actor=ACTOR,
        key=f"start {id}",
        sent={"id": id, "amount": amount, "currency": currency, "credits": credits},
        purchase=id,
        user=user,
        provider=provider,
        money=money,
        credits=None if credits is None else credits_of(credits),
        currency=currency,
        page=None if provider == "manual" else page,
    )


def confirm(reference: str, *, id: str = "p", paid: str | None = None) -> ConfirmPurchase:
    """A bank transfer that came."""
    return ConfirmPurchase(
        org=ORG,
        actor=ACTOR,
        key=f"confirm {id} {reference}",
        sent={"id": id, "reference": reference, "paid_at": us(paid)},
        purchase=id,
        reference=reference,
        paid_us=us(paid),
    )


def opened(session: str = "cs_1", *, id: str = "p") -> RecordCheckout:
    """The page that the provider has opened."""
    checkout = Checkout(
        session, f"https://pay.example.com/{session}", us("2026-02-02T12:00:00Z") or 0
    )
    return RecordCheckout(org=ORG, actor=ACTOR, purchase=id, checkout=checkout)


def stands(*happenings: Happening, id: str = "p") -> Command[object]:
    """What the provider says of a purchase when it is asked how it stands."""
    return RecordStanding(org=ORG, actor=ACTOR, purchase=id, told=happenings)


def told(happening: Happening, *, id: str = "p", notice: str | None = None) -> Command[object]:
    """What the provider answers, or tells by itself under an id of its own."""
    if notice is None:
        return RecordHappening(org=ORG, actor=ACTOR, purchase=id, told=happening)
    told = Notice(notice, "type", 0, happening, ORG, id)
    return RecordNotice(org=ORG, actor=ACTOR, purchase=id, notice=told)


def paid(amount: int = 2_000, *, payment: str = "pi_1", currency: str = "usd") -> PaymentPaid:
    """Money that came in."""
    return PaymentPaid(payment, Money(amount, currency), "cus_1", "pm_1")


def refunded(
    amount: int, state: str = "paid", *, number: str = "re_1", asked: str | None = None
) -> RefundChanged:
    """Money that went back, or not."""
    money, code = Money(amount, "usd"), "declined" if state == "failed" else None
    return RefundChanged(number, "pi_1", money, RefundState(state), asked, code)


def disputed(state: str = "open", amount: int = 2_000, *, number: str = "dp_1") -> DisputeChanged:
    """Money that a bank asks back, or has decided about."""
    return DisputeChanged(
        number, "pi_1", Money(amount, "usd"), "fraudulent", DisputeState(state), 1
    )


def refund(
    amount: int | None = None,
    *,
    name: str = "rf",
    id: str = "p",
    reason: str | None = None,
    overrides: bool = False,
) -> RequestRefund:
    """Money that is to go back."""
    return RequestRefund(
        org=ORG,
        actor=ACTOR,
        key=f"refund {name}",
        sent={"id": id, "amount": amount},
        purchase=id,
        refund=name,
        amount=amount,
        reason=sealed(reason, "reason", USER),
        overrides=overrides,
    )


def evidence(number: str = "dp_1", *, key: str = "evidence", id: str = "p") -> SendEvidence:
    """What speaks against a dispute."""
    return SendEvidence(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"id": number},
        purchase=id,
        dispute=number,
        evidence=sealed('{"uncategorized":"it was used"}', "reason", USER),
    )


def evidence_taken(
    number: str = "1", *, dispute: str = "dp_1", id: str = "p", user: str = USER
) -> RecordEvidenceTaken:
    """The provider has it; `number`: of the event that wanted it handed in."""
    text = sealed('{"product":"20,000 credits"}', "reason", user)
    assert text is not None
    return RecordEvidenceTaken(ORG, ACTOR, id, dispute, text, number)


def policy(key: str = "policy", **decided: Any) -> SetPurchasePolicy:
    """How an org handles purchases."""
    return SetPurchasePolicy(org=ORG, actor=ACTOR, key=key, sent=decided, policy=Policy(**decided))


def review(*, id: str = "p", approved: bool = True, reason: str | None = None) -> CloseReview:
    """A person has looked at a purchase."""
    return CloseReview(
        org=ORG,
        actor=ACTOR,
        key=f"review {id}",
        sent={"id": id, "approved": approved},
        purchase=id,
        is_approved=approved,
        reason=sealed(reason, "reason", USER),
    )


def recharge(
    threshold: str = "100",
    amount: int = 2_000,
    *,
    key: str = "rule",
    user: str = USER,
    currency: str = "usd",
    enabled: bool = True,
    max_monthly: int = 5,
    method: str = "pm_1",
) -> SetRecharge:
    """The rule by which a wallet buys credit."""
    money, saved = Money(amount, currency), SavedMethod("cus_1", method)
    return SetRecharge(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user, "threshold": threshold, "amount": amount, "enabled": enabled},
        user=user,
        rule=Rule(enabled, credits_of(threshold) if threshold else 0, money, saved, max_monthly),
    )


def no_recharge(*, key: str = "no rule", user: str = USER) -> RemoveRecharge:
    """The end of the rule."""
    return RemoveRecharge(org=ORG, actor=ACTOR, key=key, sent={"user": user}, user=user)


def booking(
    movement: str = "txn_1", amount: int = 88, *, of: str = "pi_1", at: str = "2026-02-14T00:00:00Z"
) -> Booking:
    """A movement of the provider's book."""
    return Booking(movement, of, Money(amount, "usd"), us(at) or 0)


def fees(*bookings: Booking, id: str = "p") -> RecordFees:
    """What the provider has kept of a purchase."""
    return RecordFees(org=ORG, actor=ACTOR, purchase=id, fees=bookings)


def account(
    payouts: Sequence[Booking] = (), kept: Sequence[Booking] = (), month: str = "2026-02"
) -> RecordAccount:
    """What the provider has paid out, and kept of the account."""
    return RecordAccount(PLATFORM, ACTOR, "stripe", month, payouts, kept)
