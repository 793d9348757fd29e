"""Commands on orders, in a line each, and what orders are then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.commands.due import FallDue
from api.commands.ordering.editing import EditOrder
from api.commands.ordering.orders import CancelOrder, ConfirmOrderRefund, RequestOrderRefund
from api.commands.ordering.payments import (
    ConfirmTransfer,
    RecordOrderHappenings,
    RecordOrderPage,
    RequestCapture,
)
from api.commands.ordering.placing import PlaceOrder
from api.commands.ordering.policies import SetOrderPolicy
from ledger.fulfilment.inspection import FulfilmentInspection
from ledger.inventory.cost_inspection import CostInspection
from ledger.inventory.inspection import StockInspection
from ledger.invoices.bill import Rounding, TaxOf
from ledger.invoices.inspection import InvoiceInspection
from ledger.kernel.errors import Refusal
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.ordering.capture import Capture
from ledger.ordering.contact import CONTACT
from ledger.ordering.exchange_inspection import ExchangeInspection
from ledger.ordering.inspection import OrderInspection
from ledger.ordering.order_base import CartRef
from ledger.ordering.order_edits import EditedLine
from ledger.ordering.order_terms import AppliedPromotion, OrderTerms, terms_of
from ledger.ordering.refund_shares import AskedLine
from ledger.ordering.value_inspection import OrderValueInspection
from ledger.ordering.value_payment import AskedValue
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.base_price import BasePrice, PublishedPrices
from ledger.pricing.order_price import price_lines, reduce_order
from ledger.pricing.order_total import total_of
from ledger.pricing.reduction import Reduction
from ledger.pricing.shipping_method import ShippingMethod
from ledger.pricing.stacking import Stacking
from ledger.promotions.inspection import PromotionInspection
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.provider import Checkout
from ledger.purchases.purchase_base import STRIPE, Page, SavedMethod
from ledger.registry import fact_of
from ledger.returns.inspection import ReturnsInspection
from ledger.stored_value.inspection import StoredValueInspection
from ledger.stored_value.value_source import SourceKind, ValueSource
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.world import World

PAGE = Page("https://shop.example/thanks", "https://shop.example/cart", 4_000_000_000_000_000)
CARD = SavedMethod("cus_1", "pm_1")
MUG = ("MUG", 1, 1_000)


def order_id(number: int = 1) -> str:
    """The id of an order."""
    return f"ord_{number:024x}"


def terms(
    *lines: tuple[str, int, int],
    off: Sequence[tuple[str, int]] = (),
    stacking: Stacking = Stacking.SEQUENTIAL,
    sent: ShippingMethod | None = None,
    tax: TaxOf = lambda item: None,
) -> OrderTerms:
    """Terms of lines, each a SKU, units and the price of one; `off`: promotions of the order, each
    with its basis points; `sent`: by which method."""
    given = lines or (MUG,)
    asked = AskedOrder(
        lines=[OrderLine(sku=sku, units=units, item_type="goods") for sku, units, _ in given],
        currency="usd",
        at_us=0,
        shipping=sent.id if sent else None,
    )
    prices = {
        sku: PublishedPrices(1, [BasePrice(currency="usd", amount=price)])
        for sku, _, price in given
    }
    units = {place: line[1] for place, line in enumerate(given)}
    reductions = [
        Reduction(id=id, name=id.title(), is_of_order=True, units=units, bps=bps) for id, bps in off
    ]
    price = reduce_order(price_lines(asked, prices, []), reductions, stacking)
    applied = [AppliedPromotion(each.reduction.id, each.amount) for each in price.reductions]
    methods = [sent] if sent else []
    total = total_of(asked, price, methods, tax, Rounding.LINE, ships_free=False)
    return terms_of(total, applied, asked)


def place(
    number: int = 1,
    agreed: OrderTerms | Refusal | None = None,
    *,
    key: str = "",
    user: str | None = USER,
    cart: str | None = None,
    provider: str | None = STRIPE,
    method: SavedMethod | None = None,
    expected: int | None = None,
    contact: str | None = None,
    guest: str | None = None,
    values: Sequence[AskedValue] = (),
    left: int | None = None,
) -> PlaceOrder:
    """An order that is placed: of one mug where nothing else is said."""
    agreed = terms() if agreed is None else agreed
    name = order_id(number)
    total = 0 if isinstance(agreed, Refusal) else agreed.to_pay
    return PlaceOrder(
        org=ORG,
        actor=ACTOR,
        key=key or f"place {number}",
        sent={"number": number, "user": user},
        order=name,
        user=user,
        guest=guest,
        terms=agreed,
        expected_total=total if expected is None else expected,
        cart=CartRef(cart, 1) if cart else None,
        provider=provider,
        page=PAGE if provider == STRIPE and method is None else None,
        method=method,
        contact=sealed(contact, CONTACT, user or name),
        values=tuple(values),
        expected_payment=left,
    )


def paid_from(*sources: ValueSource, limit: int | None = None) -> list[AskedValue]:
    """What an order is to be paid from; of store credit at most so much."""
    return [
        AskedValue(each, each.field, limit if each.kind is SourceKind.STORE_CREDIT else None)
        for each in sources
    ]


def open_page(number: int = 1) -> RecordOrderPage:
    """The provider has a page."""
    page = Checkout(f"cs_{number}", "https://pay.example/cs", PAGE.expires_us)
    return RecordOrderPage(ORG, ACTOR, order_id(number), page)


def told(number: int, *happened: Happening) -> RecordOrderHappenings:
    """The provider says something."""
    return RecordOrderHappenings(ORG, ACTOR, order_id(number), happened)


def paid(number: int = 1, amount: int = 1_000, payment: str = "") -> RecordOrderHappenings:
    """The money came."""
    return told(number, PaymentPaid(payment or f"pi_{number}", Money(amount, "usd")))


def at_shipment(
    capture: Capture = Capture.AT_SHIPMENT, key: str = "order policy"
) -> SetOrderPolicy:
    """The money of orders is taken when they are sent."""
    sent: dict[str, object] = {"capture": str(capture)}
    return SetOrderPolicy(org=ORG, actor=ACTOR, key=key, sent=sent, capture=capture)


def authorised(number: int = 1, amount: int = 1_000, payment: str = "") -> RecordOrderHappenings:
    """A bank keeps the money."""
    return told(number, PaymentAuthorised(payment or f"pi_{number}", Money(amount, "usd")))


def capture(number: int = 1) -> RequestCapture:
    """The money is to be taken."""
    return RequestCapture(ORG, ACTOR, order_id(number))


def gone(number: int = 1, code: str = "canceled", payment: str = "") -> RecordOrderHappenings:
    """A bank keeps the money no more."""
    return told(number, PaymentFailed(code, payment or f"pi_{number}"))


def declined(number: int = 1, code: str = "insufficient_funds") -> RecordOrderHappenings:
    """No money comes."""
    return told(number, PaymentFailed(code))


def refund_told(
    number: int,
    asked: str | None,
    amount: int,
    state: RefundState = RefundState.PAID,
    *,
    payment: str = "",
    refund: str = "",
) -> RecordOrderHappenings:
    """The provider says where a refund is."""
    changed = RefundChanged(
        refund or f"re_{asked}", payment or f"pi_{number}", Money(amount, "usd"), state, asked
    )
    return told(number, changed)


def disputed(number: int, state: DisputeState, amount: int = 1_000) -> RecordOrderHappenings:
    """The bank asks the money back."""
    changed = DisputeChanged("dp_1", f"pi_{number}", Money(amount, "usd"), "fraudulent", state)
    return told(number, changed)


def transferred(number: int = 1, reference: str = "", *, key: str = "") -> ConfirmTransfer:
    """A person has seen the transfer."""
    reference = reference or f"transfer {number}"
    return ConfirmTransfer(
        org=ORG,
        actor=ACTOR,
        key=key or f"confirm {number} {reference}",
        sent={"order": number, "reference": reference},
        order=order_id(number),
        reference=reference,
    )


def cancel(number: int = 1, *, key: str = "", reason: str | None = None) -> CancelOrder:
    """The order is not wanted any more."""
    return CancelOrder(
        org=ORG,
        actor=ACTOR,
        key=key or f"cancel {number}",
        sent={"order": number},
        order=order_id(number),
        reason=sealed(reason, REASON, USER),
    )


def refund(
    number: int = 1,
    *lines: AskedLine,
    id: str = "ref_1",
    amount: int | None = None,
    reason: str | None = None,
) -> RequestOrderRefund:
    """Money is to go back."""
    return RequestOrderRefund(
        org=ORG,
        actor=ACTOR,
        key=f"refund {number} {id}",
        sent={"order": number, "lines": [list(each) for each in lines], "amount": amount},
        order=order_id(number),
        refund=id,
        lines=lines,
        amount=amount,
        reason=sealed(reason, REASON, USER),
    )


def edit(
    number: int = 1,
    *lines: tuple[int, int],
    back: int = 0,
    added: PlaceOrder | None = None,
    id: str = "ref_1",
) -> EditOrder:
    """Lines are to have so many units, and another order is added."""
    return EditOrder(
        org=ORG,
        actor=ACTOR,
        key=f"edit {number} {id}",
        sent={"order": number, "lines": [list(each) for each in lines]},
        order=order_id(number),
        refund=id,
        lines=tuple(EditedLine(*each) for each in lines),
        expected_refund=back,
        added=added and replace(added, key="", adds_to=order_id(number)),
    )


def sent_back(number: int = 1, id: str = "ref_1", reference: str = "") -> ConfirmOrderRefund:
    """A person has sent a refund."""
    reference = reference or f"back {number} {id}"
    return ConfirmOrderRefund(
        org=ORG,
        actor=ACTOR,
        key=f"sent {number} {id}",
        sent={"order": number, "refund": id, "reference": reference},
        order=order_id(number),
        refund=id,
        reference=reference,
    )


def expire(number: int = 1) -> FallDue:
    """Time is over."""
    return FallDue(ORG, ACTOR, f"order/{order_id(number)}")


def order_row(world: World, number: int = 1) -> dict[str, Any]:
    """An order as its row says it."""
    (row,) = world.event_store.kept_rows("order_states", [(ORG, order_id(number))])
    return dict(row)


def status(world: World, number: int = 1) -> tuple[str, str]:
    """Where an order and its money are."""
    row = order_row(world, number)
    return row["status"], row["payment_status"]


def verify(world: World) -> Report:
    """What the checks of orders and of what they hold find."""
    report = Report()
    checks = [
        kind(report)
        for kind in (
            *(
                OrderInspection,
                OrderValueInspection,
                StockInspection,
                CostInspection,
                PromotionInspection,
            ),
            *(InvoiceInspection, StoredValueInspection, FulfilmentInspection, ReturnsInspection),
            ExchangeInspection,
        )
    ]
    for event in world.event_store.select_positions(0, 100_000):
        for check in checks:
            check.see(event, fact_of(event))
    for check in checks:
        if not isinstance(check, StockInspection | CostInspection | StoredValueInspection):
            check.end(None, None, lambda org: True)  # type: ignore[arg-type]  # none asks
    return report
