"""Checkout: a purchase is begun, and a page opened on which it is paid."""

from __future__ import annotations

import msgspec

from api.commands.purchases.purchases import StartPurchase
from api.effects.purchases.checkouts import checkout_of, open_checkout
from api.http.answers import Created
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import CheckoutAnswer, checkout_answer
from api.http.purchases.bodies import Checkout, CheckoutBody, money_of
from api.http.purchases.permissions import PurchasesWriter
from api.http.router import Router
from api.queries.purchases.purchases import FoundPurchase, purchase_of
from ledger.kernel.errors import Conflict, Invalid, MissingInput, TooManyLots, Unavailable
from ledger.kernel.ids import name_of
from ledger.kernel.money import CREDIT, parse_amount, scale_of
from ledger.kernel.outside import NotTaken
from ledger.purchases.notice import Money
from ledger.purchases.payment import PurchaseStarted
from ledger.purchases.purchase_base import MANUAL, Page, Stage

router = Router(prefix="/v1/billing/checkout", tags=["purchases"])

OPEN_US = 23 * 3600 * 1_000_000
"""How long a page is there: Stripe takes it away after 24 hours at most."""


@router.post("", openapi_extra=may_answer(Conflict, TooManyLots, Unavailable))
async def begin_checkout(
    caller: PurchasesWriter, key: IdempotencyKey, body: Checkout
) -> Created[CheckoutAnswer]:
    """Begin to buy credits. They come once the payment has; what it buys is fixed from now on.
    Where the provider does not answer, the same request sent again finds the page."""
    money = None if body.amount is None else money_of(body.amount)
    credits, page = _credits(body), _page(caller, body)
    if page is not None:  # nothing is begun that nobody could collect
        await caller.service.payments.provider(body.provider)
    command = StartPurchase(
        **caller.asks(key),
        sent=caller.says(body.sent()) | _exactly(money, credits),
        purchase=caller.new_id("pur"),
        user=caller.user(body.user),
        provider=body.provider,
        money=money,
        credits=credits,
        currency=_currency(body),
        page=page,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PurchaseStarted)
    purchase = name_of(fact.originator_id)
    found = await _found(caller, purchase)
    if fact.page is not None and found.status == Stage.STARTED:
        await _open(caller, fact)
        found = await _found(caller, purchase)
    return Created(checkout_answer(purchase, fact, found), replayed=result.replayed)


async def _open(caller: Caller, fact: PurchaseStarted) -> None:
    """Open the page at once; where it is not, it is opened later all the same."""
    provider = await caller.service.payments.provider(fact.provider)
    try:
        command = await open_checkout(provider, checkout_of(caller.org, fact), caller.actor)
    except NotTaken as error:
        raise Unavailable(
            f"the purchase has begun, but {provider.name} gives no page for it yet "
            f"({error.detail}): send the same request again."
        ) from error
    await caller.service.writer.submit(command)


async def _found(caller: Caller, purchase: str) -> FoundPurchase:
    found = await purchase_of(caller.service.reader, caller.org, purchase)
    assert found is not None, "its row is written with its fact"
    return found


def _credits(body: CheckoutBody) -> int | None:
    return None if body.credits is None else parse_amount(body.credits, CREDIT, "credits")


def _exactly(money: Money | None, credits: int | None) -> dict[str, object]:
    """Return the amounts of a request as they are compared with those of the same one again."""
    amount: dict[str, object] = (
        {} if money is None else {"amount": list(msgspec.structs.astuple(money))}
    )
    return amount if credits is None else amount | {"credits": credits}


def _currency(body: CheckoutBody) -> str:
    if body.currency is None:
        return "usd"
    if body.amount is not None:
        raise Invalid("the amount has its own currency: leave this out.", field="currency")
    scale_of(body.currency, "currency")
    return str(body.currency)


def _page(caller: Caller, body: CheckoutBody) -> Page | None:
    urls = {"success_url": body.success_url, "cancel_url": body.cancel_url}
    for name, url in urls.items():
        if (url is None) != (body.provider == MANUAL):
            if url is None:
                raise MissingInput(f"{name}: where the buyer goes then.", field=name)
            raise Invalid("a bank transfer has no page: leave this out.", field=name)
    if body.success_url is None or body.cancel_url is None:
        return None
    return Page(body.success_url, body.cancel_url, caller.service.clock() + OPEN_US)
