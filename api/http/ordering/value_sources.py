"""The value sources of an order, as who checks out names them: gift cards by their codes, and the
buyer's store credit."""

from __future__ import annotations

from typing import Any

from api.http.auth.caller import Caller
from api.http.ordering.bodies import OrderPaymentsBody
from api.http.stored_value.found_card import find_gift_card
from ledger.kernel.errors import Invalid
from ledger.kernel.money import parse_amount
from ledger.ordering.value_payment import AskedValue
from ledger.stored_value.gift_card_code import digest_of
from ledger.stored_value.value_source import of_store_credit


async def asked_values(
    caller: Caller, body: OrderPaymentsBody, currency: str, user: str | None
) -> tuple[AskedValue, ...]:
    """Return what an order is to be paid from: gift cards in the order given, then store credit.
    Raises NotFound, Invalid and RateLimited."""
    found = []
    for place, digest in enumerate(_digests(caller, body)):
        field = f"gift_cards.{place}"
        card = await find_gift_card(caller, digest, field)
        found.append(AskedValue(card.source, field))
    if _has_credit(body):
        if user is None:
            raise Invalid("a guest has no store credit.", field="store_credit")
        source = of_store_credit(user, currency)
        found.append(AskedValue(source, "store_credit", _limit(body, currency)))
    return tuple(found)


def sent_values(caller: Caller, body: OrderPaymentsBody, currency: str) -> dict[str, Any]:
    """Return what was sent of them, as it is compared with the same request again: of a code its
    digest. Raises Invalid."""
    sent: dict[str, Any] = {}
    if body.gift_cards:
        sent["gift_cards"] = _digests(caller, body)
    if _has_credit(body):
        limit = _limit(body, currency)
        sent["store_credit"] = True if limit is None else limit
    return sent


def _digests(caller: Caller, body: OrderPaymentsBody) -> list[str]:
    """Return what is kept of the codes that are named, each once."""
    return list(dict.fromkeys(digest_of(caller.org, code) for code in body.gift_cards or ()))


def _has_credit(body: OrderPaymentsBody) -> bool:
    return body.store_credit is not None and body.store_credit is not False


def _limit(body: OrderPaymentsBody, currency: str) -> int | None:
    """Return how much store credit pays at most; None: all that is there."""
    if body.store_credit is True:
        return None
    return parse_amount(body.store_credit, currency, "store_credit")
