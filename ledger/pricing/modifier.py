"""The modifier: what an org changes of base prices, for which lines, and in which order."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_name, check_text
from ledger.kernel.limits import (
    MARKUP_BPS_MAX,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    SKU_PRICE_MAX,
)
from ledger.kernel.money import format_amount
from ledger.kernel.shares import half_even
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.conditions import (
    check_currency,
    check_item_types,
    check_skus,
    check_units,
    check_window,
    is_among,
    is_within,
)

WHOLE_BPS = 10_000


class ModifierKind(StrEnum):
    """What a modifier does: takes basis points or an amount off, adds basis points, or sets an
    amount in place of what there is."""

    PERCENT = "percent"
    AMOUNT = "amount"
    MARKUP = "markup"
    OVERRIDE = "override"

    @property
    def has_bps(self) -> bool:
        """Whether it says basis points; the others say an amount of one unit."""
        return self in (ModifierKind.PERCENT, ModifierKind.MARKUP)


class Modifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A modifier. `amount` is of one unit, in `currency`; what has `bps` may be for one currency
    too. Those of a lower `priority` come first. No `skus`, no `item_types`: all."""

    id: str
    name: str
    kind: ModifierKind
    bps: int | None = None
    amount: int | None = None
    currency: str | None = None
    priority: int = PRIORITY_DEFAULT
    skus: list[str] = []
    item_types: list[str] = []
    group: str | None = None
    from_units: int = 1
    until_units: int | None = None
    from_us: int | None = None
    until_us: int | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it comes among others."""
        return self.priority, self.id

    def fits(self, line: OrderLine, order: AskedOrder) -> bool:
        """Tell whether it changes the price of a line."""
        return (
            self.currency in (None, order.currency)
            and self.group in (None, order.group)
            and (not self.skus or line.sku in self.skus)
            and (not self.item_types or line.item_type in self.item_types)
            and is_among(order.units[line.sku], self.from_units, self.until_units)
            and is_within(order.at_us, self.from_us, self.until_us)
        )

    def change(self, amount: int, units: int) -> int:
        """Return what it makes of the amount of so many units: rounded once, half-even, and never
        below zero."""
        match self.kind:
            case ModifierKind.PERCENT:
                return amount - half_even(amount * (self.bps or 0), WHOLE_BPS)
            case ModifierKind.MARKUP:
                return amount + half_even(amount * (self.bps or 0), WHOLE_BPS)
            case ModifierKind.AMOUNT:
                return max(0, amount - (self.amount or 0) * units)
            case ModifierKind.OVERRIDE:
                return (self.amount or 0) * units


def check_modifier(modifier: Modifier) -> None:
    """Raise Invalid where a modifier cannot be."""
    check_name(modifier.id, "id")
    check_text(modifier.name, "name")
    _check_change(modifier)
    if modifier.currency is not None:
        check_currency(modifier.currency)
    if not 0 <= modifier.priority <= PRIORITY_MAX:
        raise Invalid(f"priority must be 0 to {PRIORITY_MAX}.", field="priority")
    check_skus(modifier.skus)
    check_item_types(modifier.item_types)
    if modifier.group is not None:
        check_text(modifier.group, "group")
    check_units(modifier.from_units, modifier.until_units)
    check_window(modifier.from_us, modifier.until_us)


def _check_change(modifier: Modifier) -> None:
    """Refuse a modifier that does not say just what its kind needs."""
    needs, other = ("bps", "amount") if modifier.kind.has_bps else ("amount", "bps")
    values = {"bps": modifier.bps, "amount": modifier.amount}
    if values[needs] is None:
        raise Invalid(f"{needs} is required: the kind is {modifier.kind}.", field=needs)
    if values[other] is not None:
        raise Invalid(f"{other} does not go with the kind {modifier.kind}.", field=other)
    if modifier.bps is not None:
        limit = WHOLE_BPS if modifier.kind is ModifierKind.PERCENT else MARKUP_BPS_MAX
        if not 1 <= modifier.bps <= limit:
            raise Invalid(f"bps must be 1 to {limit}.", field="bps")
    if modifier.amount is not None:
        _check_amount(modifier, modifier.amount)


def _check_amount(modifier: Modifier, amount: int) -> None:
    if modifier.currency is None:
        raise Invalid("currency is required: that of the amount.", field="currency")
    check_currency(modifier.currency)
    least = 1 if modifier.kind is ModifierKind.AMOUNT else 0
    if not least <= amount <= SKU_PRICE_MAX:
        bounds = [format_amount(each, modifier.currency) for each in (least, SKU_PRICE_MAX)]
        raise Invalid(f"amount must be {bounds[0]} to {bounds[1]}.", field="amount")
