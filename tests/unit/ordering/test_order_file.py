"""What a bank is shown of an order, written down by hand."""

from __future__ import annotations

from ledger.ordering.contact import Contact, PostalAddress
from ledger.ordering.order_file import OrderFile, SentParcel, texts_of
from ledger.purchases.notice import Money

AT = 1_767_225_600_000_000
HOUR = 3_600_000_000
HOME = PostalAddress(name="Ada Byrne", country="IE", address=["1 Quay St"], city="Cork")
FILE = OrderFile(
    "o1",
    "ORD-2026-00001",
    "ada",
    Money(2_000, "eur"),
    500,
    AT,
    AT + HOUR,
    [(2, "MUG"), (1, "FILE")],
    [SentParcel("gls", "123", None, AT + 2 * HOUR, AT + 30 * HOUR)],
    Contact(email="ada@example.com", shipping_address=HOME),
)


def test_what_was_bought_and_where_it_went() -> None:
    assert texts_of(FILE) == {
        "product": (
            "Order ORD-2026-00001 of 20.00 EUR: 2 x MUG, 1 x FILE."
            " 5.00 EUR of it went back, or was not taken."
        ),
        "service_date": "2026-01-01T00:00:00Z",
        "activity_log": (
            "All times are UTC.\n"
            "2026-01-01T00:00:00Z | the order was placed\n"
            "2026-01-01T01:00:00Z | it was paid\n"
            "2026-01-01T02:00:00Z | a parcel was sent: gls 123\n"
            "2026-01-02T06:00:00Z | it arrived: gls 123"
        ),
        "customer_email": "ada@example.com",
        "customer_name": "Ada Byrne",
        "shipping_address": "Ada Byrne\n1 Quay St\nCork\nIE",
        "shipping_carrier": "gls",
        "shipping_tracking_number": "123",
        "shipping_date": "2026-01-01",
    }


def test_who_was_erased_is_not_in_it() -> None:
    bare = FILE._replace(contact=Contact(), parcels=(), paid_us=None)
    assert set(texts_of(bare)) == {"product", "service_date", "activity_log"}
