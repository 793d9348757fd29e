"""Modifiers: what changes base prices, for which lines."""

from __future__ import annotations

import msgspec

from api.commands.pricing.modifiers import RemoveModifier, SetModifier
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.pricing.answers.prices import (
    ModifierAnswer,
    ModifiersAnswer,
    RemovedModifierAnswer,
    modifier_answer,
)
from api.http.pricing.bodies import ModifierAsked, modifier_in
from api.http.pricing.permissions import PricesReader, PricesWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.pricing.prices import modifiers_of
from ledger.kernel.errors import NotFound
from ledger.pricing.modifier_book import ModifierBook

router = Router(prefix="/v1/prices/modifiers", tags=["prices"])


@router.get("")
async def list_modifiers(caller: PricesReader) -> Ok[ModifiersAnswer]:
    """All modifiers of the org, in the order in which they change prices."""
    found = await modifiers_of(caller.service.reader, caller.org)
    return Ok(ModifiersAnswer([modifier_answer(each) for each in found]))


@router.put("/{modifier}")
async def set_modifier(
    caller: PricesWriter, key: IdempotencyKey, modifier: str, body: ModifierAsked
) -> Ok[ModifierAnswer]:
    """Have a modifier change prices from now on, in place of the one of that id."""
    asked = modifier_in(body, modifier)
    command = SetModifier(**caller.asks(key), sent=msgspec.to_builtins(asked), modifier=asked)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ModifierBook.ModifierSet)
    return Ok(modifier_answer(fact.modifier), replayed=result.replayed)


@router.delete("/{modifier}", openapi_extra=may_answer(NotFound))
async def remove_modifier(
    caller: PricesWriter, key: IdempotencyKey, modifier: str
) -> Ok[RemovedModifierAnswer]:
    """Have a modifier change no price any more."""
    sent: dict[str, object] = {"modifier": modifier}
    command = RemoveModifier(**caller.asks(key), sent=sent, modifier=modifier)
    result = await caller.service.writer.submit(command)
    return Ok(RemovedModifierAnswer(modifier), replayed=result.replayed)
