"""The part of the golden story that is about orders: every fact of them, every field with and
without."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from api.commands.ordering.fees import RecordOrderFees
from api.commands.ordering.payments import RecordCaptureRefusal
from ledger.catalogue.item_type import Kind
from ledger.invoices.tax_rates import AppliedTax, TaxPlace
from ledger.kernel.texts import REASON
from ledger.ordering.capture import Capture
from ledger.ordering.cart_abandonment import CartAbandonment
from ledger.ordering.cart_checkout import CartCheckout
from ledger.ordering.order import Order
from ledger.ordering.order_policy import OrderPolicy
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order import PastOrder
from ledger.ordering.refund_shares import AskedLine
from ledger.pricing.shipping_method import ShippingMethod
from ledger.purchases.booking import Booking
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeState,
    PaymentAuthorised,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.notice import Money as Paid
from ledger.purchases.purchase_base import MANUAL, STRIPE
from ledger.stored_value.value_source import of_gift_card
from tests.formats.story_of_credits import Step
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import (
    CARD,
    at_shipment,
    authorised,
    cancel,
    capture,
    declined,
    disputed,
    edit,
    expire,
    gone,
    open_page,
    order_id,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    sent_back,
    terms,
    told,
    transferred,
)
from tests.scenarios.past_order_commands import abandoned, import_order
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.value_commands import credit, credit_of, issue

GIFT_CARD = f"gc_{'2' * 24}"
VAT = AppliedTax(
    name="VAT",
    country="DE",
    category="standard",
    rate=190_000,
    org="acme",
    version=1,
    region="BY",
    is_included=True,
)
_FAILED = RefundState.FAILED
_FAR_US = 1_779_000_000_000_000
_FEE = Booking("txn_order", "pi_1", Paid(266, "usd"), 1_778_400_000_000_000)
OfOrdering = Order | CartCheckout | PastOrder | CartAbandonment | OrderPolicy


def groups_of_ordering() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    return [
        ("2026-05-10T00:00:00Z", [*_whole(), *_bare(), *_from_stored_value(), *_captured()]),
        ("2026-05-11T00:00:00Z", [expire(5), paid(5, 5), *_imported()]),
    ]


def _whole() -> list[Step]:
    """An order with everything, by a page, disputed and refunded in parts."""
    lines = ("MUG", 2, 5_000), ("FILE", 1, 34)
    parcel = ShippingMethod(id="parcel", name="Parcel", currency="usd", amount=119)
    agreed = terms(*lines, off=[("fifth", 2_000)], sent=parcel, tax=lambda _: VAT)
    return [
        publish_promotion("fifth", key="fifth of orders", bps=2_000),
        place(1, _full(agreed), cart="cart-1", contact='{"email":"ada@example.com"}'),
        open_page(1),
        told(1, PaymentPaid("pi_1", Paid(8_146, "usd"), "cus_1", "pm_1")),
        RecordOrderFees(ORG, ACTOR, order_id(1), STRIPE, [_FEE]),
        disputed(1, DisputeState.OPEN, 8_146),
        disputed(1, DisputeState.WON, 8_146),
        refund(1, AskedLine(1, units=1), reason="broken"),
        told(1, RefundChanged("re_1", "pi_1", Paid(4_000, "usd"), _FAILED, "ref_1", "lost")),
        refund(1, id="ref_2", amount=100),
        refund_told(1, "ref_2", 100),
        refund_told(1, "ref_2", 100, RefundState.FAILED),
        refund_told(1, None, 2, refund="re_theirs"),
        paid(1, 8_146, payment="pi_again"),
        cancel(1, reason="not wanted"),
    ]


def _bare() -> list[Step]:
    """Orders with nothing more than they must have, which end in every way."""
    free = terms(("FILE", 1, 0))
    return [
        place(2, free, user=None, guest="0" * 64, provider=None),
        place(3, terms(("FILE", 1, 5)), provider=MANUAL),
        replace(transferred(3), paid_us=1_770_000_000_000_000),
        refund(3),
        sent_back(3),
        place(4, terms(("FILE", 1, 5)), method=CARD, cart="cart-2"),
        cancel(4),
        declined(4, "not_wanted"),
        place(5, terms(("MUG", 1, 5)), cart="cart-2"),
        open_page(5),
        place(6, terms(("FILE", 1, 5))),
        told(6, CheckoutExpired("cs_6")),
        place(7, terms(("FILE", 1, 5)), provider=MANUAL),
        cancel(7),
        transferred(7),
    ]


def _imported() -> list[Step]:
    """An order of another shop software with everything, and one that is bare."""
    bare = import_order(
        "#1002",
        user=None,
        status=OrderStatus.CANCELLED,
        payment=PaymentState.UNPAID,
        refunded=0,
        contact=None,
        ended="2015-01-01T00:00:00Z",
        included=False,
    )
    return [import_order(), bare, abandoned()]


def _from_stored_value() -> list[Step]:
    """One that a gift card, store credit and a page pay, refunded to all of them; and one that
    nobody else pays."""
    values = paid_from(of_gift_card(GIFT_CARD), credit_of("ada"), limit=60)
    return [
        issue(30, GIFT_CARD, key="card of orders"),
        credit(60, key="credit of orders"),
        place(8, terms(("FILE", 2, 60)), values=values),
        paid(8, 30),
        refund(8, AskedLine(1, units=1), id="ref_8", reason="unread"),
        refund_told(8, "ref_8", 30),
        credit(50, key="more credit of orders"),
        place(9, terms(("FILE", 1, 5)), values=paid_from(credit_of("ada")), provider=None),
        refund(9, id="ref_9", reason="not wanted"),
        place(10, terms(("FILE", 2, 5)), provider=MANUAL, contact='{"email":"bob@example.com"}'),
        transferred(10),
        replace(
            edit(10, (1, 1), back=5, added=place(11, terms(("FILE", 1, 0)), provider=None)),
            reason=sealed("one was enough", REASON, USER),
        ),
        edit(10, added=place(12, terms(("FILE", 1, 0)), provider=None), id="ref_none"),
    ]


def _captured() -> list[Step]:
    """Orders whose money is taken when they are sent: one that is, in part; one that is cancelled,
    and one that was before."""
    return [
        at_shipment(key="order policy"),
        place(13, terms(("FILE", 3, 5))),
        told(
            13, PaymentAuthorised("pi_13", Paid(15, "usd"), "cus_1", "pm_1", 1_779_000_000_000_000)
        ),
        edit(13, (1, 2), back=5, id="ref_13"),
        capture(13),
        RecordCaptureRefusal(ORG, ACTOR, order_id(13), "pi_13", "refused"),
        capture(13),
        paid(13, 10),
        place(14, terms(("FILE", 1, 5)), method=CARD),
        authorised(14, 5),
        cancel(14),
        gone(14),
        place(15, terms(("FILE", 1, 5))),
        cancel(15),
        authorised(15, 5),
        gone(15, "authorisation_expired"),
        at_shipment(Capture.NOW, "order policy again"),
    ]


def _full(agreed: OrderTerms) -> OrderTerms:
    """The same, of a group's prices in a list, of a catalogue item, sent to a place and taxed."""
    lines = [
        msgspec.structs.replace(each, item="item-1", kind=Kind.PHYSICAL) for each in agreed.lines
    ]
    place = TaxPlace("DE", "BY")
    return msgspec.structs.replace(
        agreed, lines=lines, group="trade", price_list="spring", ship_to=place
    )


def state_of_ordering(aggregate: OfOrdering) -> list[object]:
    """What an aggregate of orders remembers."""
    if isinstance(aggregate, CartCheckout):
        return [aggregate.order, aggregate.is_bought]
    if isinstance(aggregate, OrderPolicy):
        return [aggregate.capture]
    if isinstance(aggregate, CartAbandonment):
        return [msgspec.to_builtins(aggregate.counts)]
    if isinstance(aggregate, PastOrder):
        return [aggregate.number, aggregate.status, aggregate.terms.to_pay, aggregate.refunded]
    sums = [aggregate.number, aggregate.payment, aggregate.paid, aggregate.refunded]
    held = [[part.location, part.sku, part.quantity] for part in aggregate.parts]
    money = [aggregate.captured, aggregate.refunds, aggregate.disputes, sorted(aggregate.fees)]
    money += [aggregate.paid_from, aggregate.returned, aggregate.edits, aggregate.exchanges]
    money += [aggregate.authorised, aggregate.authorisations, aggregate.lessened]
    is_at = [aggregate.session, aggregate.url, aggregate.is_undecided]
    is_to = [aggregate.user, aggregate.guest, aggregate.contact]
    return [aggregate.status, aggregate.payment_state, *sums, held, *money, *is_at, *is_to]
