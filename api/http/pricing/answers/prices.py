"""Answers about prices: of SKUs and of catalogue items, their modifiers, and the policy."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.queries.pricing.prices import SubjectPrices
from ledger.kernel.money import format_amount
from ledger.pricing.asked_order import DEFAULT_LIST, ITEM
from ledger.pricing.base_price import BasePrice
from ledger.pricing.modifier import Modifier, ModifierKind
from ledger.pricing.stacking import Stacking


class BasePriceAnswer(Answer):
    """The price of one unit, for customers of a group, for quantities and for a time; null: for
    all."""

    currency: str
    amount: Amount
    price_list: str
    group: str | None
    from_units: int
    until_units: int | None
    starts_at: Time | None
    ends_at: Time | None


class PricesAnswer(Answer):
    """The base prices of a SKU, or of a catalogue item, and which version of them."""

    sku: str | None
    item: str | None
    version: int
    prices: list[BasePriceAnswer]


class PricesListAnswer(Answer):
    """A page of SKUs and catalogue items with their prices."""

    data: list[PricesAnswer]
    next_cursor: str | None


class ModifierAnswer(Answer):
    """A modifier: what it does to the amount of a line, of which lines, and when."""

    id: str
    name: str
    kind: Annotated[str, one_of(ModifierKind)]
    bps: int | None
    amount: Amount | None
    currency: str | None
    priority: int
    skus: list[str]
    item_types: list[str]
    group: str | None
    from_units: int
    until_units: int | None
    starts_at: Time | None
    ends_at: Time | None


class ModifiersAnswer(Answer):
    """All modifiers of an org, in the order in which they change prices."""

    data: list[ModifierAnswer]


class RemovedModifierAnswer(Answer):
    """The modifier that changes no price any more."""

    removed: str


class PricingPolicyAnswer(Answer):
    """How what is taken off an order stacks."""

    stacking: Annotated[str, one_of(Stacking)]


def prices_answer(found: SubjectPrices) -> PricesAnswer:
    """Return the prices of a subject as they are answered."""
    is_item = found.subject.startswith(ITEM)
    return PricesAnswer(
        None if is_item else found.subject,
        found.subject.removeprefix(ITEM) if is_item else None,
        found.published.version,
        [_price_answer(each) for each in found.published.prices],
    )


def _price_answer(price: BasePrice) -> BasePriceAnswer:
    return BasePriceAnswer(
        price.currency,
        format_amount(price.amount, price.currency),
        price.price_list or DEFAULT_LIST,
        price.group,
        price.from_units,
        price.until_units,
        time_or_null(price.from_us),
        time_or_null(price.until_us),
    )


def modifier_answer(modifier: Modifier) -> ModifierAnswer:
    """Return a modifier as it is answered."""
    amount = None
    if modifier.amount is not None and modifier.currency is not None:
        amount = format_amount(modifier.amount, modifier.currency)
    return ModifierAnswer(
        modifier.id,
        modifier.name,
        str(modifier.kind),
        modifier.bps,
        amount,
        modifier.currency,
        modifier.priority,
        modifier.skus,
        modifier.item_types,
        modifier.group,
        modifier.from_units,
        modifier.until_units,
        time_or_null(modifier.from_us),
        time_or_null(modifier.until_us),
    )
