"""Claim commands, as requests ask for them of a gift card or of a store credit alike."""

from __future__ import annotations

from api.commands.stored_value.claims import (
    ClaimValue,
    GiveBackValue,
    ReleaseClaim,
    SettleClaim,
)
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller
from api.http.conditions import currency_in
from api.http.stored_value.answers.claims import (
    ClaimAnswer,
    ClaimChangeAnswer,
    claim_answer,
    claim_change_answer,
)
from api.http.stored_value.bodies import ClaimBody, GiveBackBody
from ledger.kernel.ids import check_order
from ledger.kernel.limits import CLAIM_DEFAULT_US
from ledger.kernel.money import parse_amount
from ledger.stored_value.value_source import ValueSource

SECOND_US = 1_000_000


async def claimed(
    caller: Caller, key: str, source: ValueSource, body: ClaimBody
) -> Created[ClaimAnswer]:
    """Return what an order has set aside of a source."""
    currency = currency_in(body.currency)
    amount = parse_amount(body.amount, currency, "amount")
    command = ClaimValue(
        **caller.asks(key),
        sent=body.sent() | {"source": source.path, "amount": amount},
        source=source,
        order=body.order,
        amount=amount,
        currency=currency,
        lasts_us=body.expires_in * SECOND_US if body.expires_in else CLAIM_DEFAULT_US,
    )
    result = await caller.service.writer.submit(command)
    return Created(claim_answer(result.stored_fact), replayed=result.replayed)


async def settled(
    caller: Caller, key: str, source: ValueSource, order: str
) -> Ok[ClaimChangeAnswer]:
    """Return what an order has spent of what it had claimed."""
    sent: dict[str, object] = {"source": source.path, "order": check_order(order)}
    command = SettleClaim(**caller.asks(key), sent=sent, source=source, order=order)
    result = await caller.service.writer.submit(command)
    return Ok(claim_change_answer(result.stored_fact), replayed=result.replayed)


async def released(
    caller: Caller, key: str, source: ValueSource, order: str
) -> Ok[ClaimChangeAnswer]:
    """Return what an order has claimed no more."""
    sent: dict[str, object] = {"source": source.path, "order": check_order(order)}
    command = ReleaseClaim(**caller.asks(key), sent=sent, source=source, order=order)
    result = await caller.service.writer.submit(command)
    return Ok(claim_change_answer(result.stored_fact), replayed=result.replayed)


async def given_back(
    caller: Caller, key: str, source: ValueSource, order: str, body: GiveBackBody
) -> Ok[ClaimChangeAnswer]:
    """Return what has come back of what an order had spent."""
    currency = currency_in(body.currency)
    amount = parse_amount(body.amount, currency, "amount")
    sent = {"source": source.path, "order": check_order(order), "amount": amount}
    command = GiveBackValue(
        **caller.asks(key),
        sent=sent | {"currency": currency},
        source=source,
        order=order,
        amount=amount,
        currency=currency,
    )
    result = await caller.service.writer.submit(command)
    return Ok(claim_change_answer(result.stored_fact), replayed=result.replayed)
