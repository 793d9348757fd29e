"""Values of orders.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.purchases import (
    Money,
)
from tallystick.values.subscriptions import (
    AppliedTax,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToOrder:
    """So many units of a SKU; of an appointment, the `slot` of its calendar; of an internal
    transfer, the locations that they go from and to.
    """

    sku: str
    units: int | None = None
    item: str | None = None
    item_type: str | None = None
    kind: (
        Literal[
            "physical",
            "digital_download",
            "digital_access",
            "appointment",
            "internal_transfer",
            "credits",
            "plan",
        ]
        | None
    ) = None
    tax_category: str | None = None
    weight: int | None = None
    slot: str | None = None
    from_location: str | None = None
    to_location: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where an order goes: a country of ISO 3166, and a region of it where that is taxed by
    itself.
    """

    country: str
    region: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderQuote:
    """What an order would cost at a moment, and by which rule what is taken off stacks: `total` is
    `subtotal - discount`, the amount of `shipping`, and as much of `tax` as is not included.
    """

    currency: str
    priced_at: datetime
    stacking: Literal["sequential", "additive", "best_only"]
    lines: tuple[OrderLine, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: OrderShipping | None
    tax: Decimal
    total: Decimal
    shipping_methods: tuple[ShippingOffer, ...]
    free_shipping: bool
    promotions: tuple[OrderPromotion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """What a line comes to, step by step, and the version of the prices that it began with."""

    sku: str
    units: int
    item: str | None
    unit_price: Decimal
    price_version: int
    steps: tuple[Step, ...]
    total: Decimal
    tax: Decimal
    taxed_by: AppliedTax | None
    to_pay: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What changed the amount of a line, by how much, and what it was then."""

    kind: Literal["base_price", "modifier", "promotion", "order_promotion"]
    of: str
    name: str
    delta: Decimal
    amount_after: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderShipping:
    """The method by which the order is sent: what it costs, as it is published, and `to_pay`, with
    its tax.
    """

    method: str
    name: str
    amount: Decimal
    tax: Decimal
    taxed_by: AppliedTax | None
    to_pay: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingOffer:
    """A method by which the order may be sent, and what that costs, without a tax that comes on
    top.
    """

    method: str
    name: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPromotion:
    """A promotion that applies, with the amount that it takes; or why a code does not."""

    promotion: str | None
    code: str | None
    applies: bool
    amount: Decimal
    why: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPayment:
    """How an order is paid: on a page of the `provider`'s, which leads back to those URLs; with a
    saved `payment_method` of the user; or by a bank transfer (`manual`).
    """

    provider: Literal["stripe", "manual"] | None = None
    success_url: str | None = None
    cancel_url: str | None = None
    payment_method: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressSetting:
    """Where something is sent, or who is billed: the country as its two letters."""

    name: str
    country: str
    address: Sequence[str] | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedOrder:
    """An order that was placed."""

    order: str
    number: str | None
    status: Literal[
        "pending",
        "confirmed",
        "processing",
        "partially_fulfilled",
        "fulfilled",
        "refunded",
        "payment_failed",
        "cancelled",
    ]
    payment_status: Literal[
        "unpaid", "authorised", "paid", "partly_refunded", "refunded", "disputed"
    ]
    total: Decimal
    to_collect: Decimal
    currency: str
    checkout_url: str | None
    expires_at: datetime | None
    secret: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPolicy:
    """When the money of orders that a provider collects is taken: at once, or when they leave."""

    capture: Literal["now", "at_shipment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditedLine:
    """How many units a line has from now on, fewer than it had; 0: none."""

    line: int
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEdit:
    """How an order would be edited, or was (`is_done`): `refunded` goes back of the lines that are
    `taken` out, by `refund`, what is added comes to `total`, and is the order `added`.
    """

    order: str
    is_done: bool
    taken: tuple[RefundedLine, ...]
    refunded: Decimal
    total: Decimal
    difference: str
    currency: str
    refund: str | None
    added: PlacedOrder | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundedLine:
    """What goes back of a line."""

    line: int
    sku: str
    units: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderDispute:
    """A dispute of an order: `reason` is the provider's word."""

    dispute: str
    order: str
    number: str | None
    user: str | None
    status: Literal["open", "won", "lost"]
    amount: Money
    reason: str | None
    opened_at: datetime
    evidence_due_at: datetime | None
    evidence_sent_at: datetime | None
    evidence_taken_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEvidence:
    """That what speaks against a dispute was recorded, to be handed on."""

    dispute: str
    order: str
    sent_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToImport:
    """What was ordered: what all its units came to before the `discount`, and the `tax` of it; the
    `title` of what it was.
    """

    subtotal: Decimal | int
    sku: str | None = None
    title: str | None = None
    units: int | None = None
    discount: Decimal | int | None = None
    tax: Decimal | int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingToImport:
    """What it cost to send it, by what, and the tax of that."""

    name: str
    amount: Decimal | int
    tax: Decimal | int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order as it is now."""

    order: str
    number: str | None
    user: str | None
    status: Literal[
        "pending",
        "confirmed",
        "processing",
        "partially_fulfilled",
        "fulfilled",
        "refunded",
        "payment_failed",
        "cancelled",
    ]
    payment_status: Literal[
        "unpaid", "authorised", "paid", "partly_refunded", "refunded", "disputed"
    ]
    provider: str | None
    currency: str
    stacking: Literal["sequential", "additive", "best_only"]
    lines: tuple[PlacedLine, ...]
    promotions: tuple[AppliedPromotion, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: OrderShipping | None
    tax: Decimal
    total: Decimal
    capture: Literal["now", "at_shipment"] | None
    authorisation: Authorisation | None
    paid_by: tuple[PaidBy, ...]
    refunded: Decimal
    contact: Contact | None
    cart: str | None
    adds_to: str | None
    added: tuple[str, ...]
    exchanged_for: tuple[str, ...]
    checkout_url: str | None
    invoice: str | None
    placed_at: datetime
    expires_at: datetime | None
    imported: Imported | None
    refunds: tuple[OrderRefund, ...]
    history: tuple[OrderEvent, ...]
    _context: OrderContext


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedLine:
    """A line of an order: `subtotal - discount = total`, with every step of it, and what there was
    `to_pay` for it, with its tax.
    """

    line: int
    sku: str
    units: int
    item: str | None
    item_type: str | None
    unit_price: Decimal
    price_version: int
    steps: tuple[Step, ...]
    subtotal: Decimal
    discount: Decimal
    total: Decimal
    tax: Decimal
    taxed_by: AppliedTax | None
    to_pay: Decimal
    refunded: Decimal
    units_refunded: int
    slot: str | None
    from_location: str | None
    to_location: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedPromotion:
    """A promotion that an order has, and what it took off."""

    promotion: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Authorisation:
    """What a bank keeps for an order until it is captured or let go: the `amount`, and how much of
    it the order still comes to.
    """

    status: Literal["open", "capturing", "voiding", "captured", "gone"]
    amount: Decimal
    to_capture: Decimal
    authorised_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidBy:
    """What of an order is paid by what, `refunded` of it has gone back, or is on its way: a gift
    card, the buyer's store credit, the `order` that it was exchanged for, or who collects the
    rest.
    """

    by: str
    gift_card: str | None
    order: str | None
    amount: Decimal
    refunded: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Who is written to, where an order goes and who is billed."""

    email: str | None
    shipping_address: PostalAddress | None
    billing_address: PostalAddress | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PostalAddress:
    """Where something is sent, or who is billed."""

    name: str
    country: str
    address: tuple[str, ...]
    postal_code: str | None
    city: str | None
    region: str | None
    phone: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """Where an order was placed that was imported, when it was paid and cancelled there, and what
    its lines were called; null once that was erased.
    """

    source: str
    paid_at: datetime | None
    cancelled_at: datetime | None
    titles: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRefund:
    """Money of an order that goes back: to the provider first, then to store credit and gift
    cards, at once; `status` is that of what the provider sends.
    """

    refund: str
    why: str
    status: Literal["pending", "paid", "failed"]
    amount: Decimal
    currency: str
    back_to: tuple[BackTo, ...]
    lines: tuple[RefundedLine, ...]
    reason: str | None
    asked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class BackTo:
    """What of a refund goes back to what, and whether it is there."""

    to: str
    gift_card: str | None
    order: str | None
    amount: Decimal
    status: Literal["pending", "paid", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEvent:
    """Something that has happened to an order."""

    sequence: int
    type: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderContext:
    """What can become of an order, what this caller can do with it, and where it is in a line."""

    transitions: tuple[str, ...]
    actions: tuple[str, ...]
    summary: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedOrder:
    """An order of a list."""

    order: str
    number: str | None
    user: str | None
    status: Literal[
        "pending",
        "confirmed",
        "processing",
        "partially_fulfilled",
        "fulfilled",
        "refunded",
        "payment_failed",
        "cancelled",
    ]
    payment_status: Literal[
        "unpaid", "authorised", "paid", "partly_refunded", "refunded", "disputed"
    ]
    currency: str
    lines: int
    subtotal: Decimal
    discount: Decimal
    total: Decimal
    placed_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToRefund:
    """What goes back of a line: so many `units`, or an `amount`; neither: all that is left."""

    line: int
    units: int | None = None
    amount: Decimal | int | None = None
