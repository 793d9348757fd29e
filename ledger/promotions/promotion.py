"""The promotion: what it takes off an order, of which orders, how often and for how much in all."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_name, check_text
from ledger.kernel.limits import (
    AMOUNT_MAX,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    QUANTITY_MAX,
    SKU_PRICE_MAX,
    UNITS_MAX,
)
from ledger.kernel.money import format_amount
from ledger.pricing.conditions import check_currency, check_item_types, check_skus, check_window
from ledger.pricing.modifier import WHOLE_BPS

CODE_PATTERN = r"[A-Z0-9][A-Z0-9_-]{0,62}"
_CODE = re.compile(CODE_PATTERN)


class PromotionKind(StrEnum):
    """Basis points, or an amount, off; no shipping to pay; or some units of every few."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    BUY_GET = "buy_get"


class Scope(StrEnum):
    """Whether it is taken once of the order, or of each of its lines."""

    ORDER = "order"
    LINES = "lines"


class Standing(StrEnum):
    """Whether a promotion runs."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Promotion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A promotion. Without a `code` it applies by itself. `amount` is of the order, or of each
    unit; `buy_get`: of every `buy` and `get` units the cheapest `get` are less by `bps`, or, with
    `got_skus`, for every `buy` units so many of those.

    It is for lines of some `skus` and `item_types`, which come to `subtotal` at least; for
    customers of a `group`; for their `first_order`. `budget`: what all redemptions come to at
    most. What has amounts is for orders in its `currency`.
    """

    id: str
    name: str
    kind: PromotionKind
    scope: Scope = Scope.ORDER
    code: str | None = None
    bps: int | None = None
    amount: int | None = None
    currency: str | None = None
    buy: int | None = None
    get: int | None = None
    got_skus: list[str] = []
    priority: int = PRIORITY_DEFAULT
    subtotal: int | None = None
    skus: list[str] = []
    item_types: list[str] = []
    group: str | None = None
    first_order: bool = False
    from_us: int | None = None
    until_us: int | None = None
    budget: int | None = None
    redemptions_max: int | None = None
    per_customer_max: int | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it comes among others."""
        return self.priority, self.id


class PublishedPromotion(msgspec.Struct, frozen=True):
    """A promotion, and which version of it."""

    version: int
    promotion: Promotion


class PromotionState(msgspec.Struct, frozen=True):
    """All that a promotion remembers. `redeemed`: how often it is, less what was released, and
    `spent` what those took, in its currency."""

    published: PublishedPromotion
    standing: Standing = Standing.RUNNING
    redeemed: int = 0
    spent: int = 0

    @property
    def budget_left(self) -> int | None:
        """What it may still take; None: it has no budget."""
        budget = self.published.promotion.budget
        return None if budget is None else max(0, budget - self.spent)


def check_promotion(promotion: Promotion) -> None:
    """Raise Invalid where a promotion cannot be."""
    check_name(promotion.id, "id")
    check_text(promotion.name, "name")
    if promotion.code is not None and not _CODE.fullmatch(promotion.code):
        raise Invalid(
            "code must be 1 to 63 of the characters A-Z 0-9 _ - and begin with a letter or a "
            "digit.",
            field="code",
        )
    _check_kind(promotion)
    _check_money(promotion)
    _check_bounds(promotion)
    check_skus(promotion.skus)
    check_item_types(promotion.item_types)
    if promotion.group is not None:
        check_text(promotion.group, "group")
    check_window(promotion.from_us, promotion.until_us)


_NEEDS = {
    PromotionKind.PERCENT: {"bps"},
    PromotionKind.AMOUNT: {"amount"},
    PromotionKind.FREE_SHIPPING: set[str](),
    PromotionKind.BUY_GET: {"bps", "buy", "get"},
}
"""What a kind says, and no other."""


def _check_kind(promotion: Promotion) -> None:
    for name in ("bps", "amount", "buy", "get"):
        is_there, is_needed = getattr(promotion, name) is not None, name in _NEEDS[promotion.kind]
        if is_needed and not is_there:
            raise Invalid(f"{name} is required: the kind is {promotion.kind}.", field=name)
        if is_there and not is_needed:
            raise Invalid(f"{name} does not go with the kind {promotion.kind}.", field=name)
    is_of_lines = promotion.kind is PromotionKind.BUY_GET
    if (is_of_lines and promotion.scope is Scope.ORDER) or (
        promotion.kind is PromotionKind.FREE_SHIPPING and promotion.scope is Scope.LINES
    ):
        raise Invalid(f"scope cannot be {promotion.scope} of that kind.", field="scope")
    _check_got(promotion)


def _check_got(promotion: Promotion) -> None:
    if not promotion.got_skus:
        return
    if promotion.kind is not PromotionKind.BUY_GET:
        raise Invalid("got_skus go with the kind buy_get.", field="got_skus")
    check_skus(promotion.got_skus, "got_skus")
    if not promotion.skus or set(promotion.got_skus) & set(promotion.skus):
        raise Invalid(
            "got_skus must be others than skus, which say what is bought for them.",
            field="got_skus",
        )


def _check_money(promotion: Promotion) -> None:
    amounts = {name: getattr(promotion, name) for name in ("amount", "subtotal", "budget")}
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    if promotion.currency is None:
        if given:
            raise Invalid(f"currency is required: that of {next(iter(given))}.", field="currency")
        return
    check_currency(promotion.currency)
    for name, amount in given.items():
        limit = SKU_PRICE_MAX if name == "amount" else AMOUNT_MAX
        if not 0 < amount <= limit:
            bound = format_amount(limit, promotion.currency)
            raise Invalid(f"{name} must be more than zero, at most {bound}.", field=name)


def _check_bounds(promotion: Promotion) -> None:
    bounds = {
        "bps": (1, WHOLE_BPS),
        "buy": (1, UNITS_MAX),
        "get": (1, UNITS_MAX),
        "priority": (0, PRIORITY_MAX),
        "redemptions_max": (0, QUANTITY_MAX),
        "per_customer_max": (1, QUANTITY_MAX),
    }
    for name, (least, limit) in bounds.items():
        value = getattr(promotion, name)
        if value is not None and not least <= value <= limit:
            raise Invalid(f"{name} must be {least} to {limit}.", field=name)
