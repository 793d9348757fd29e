"""What is read of each platform's orders, worked out by hand beside the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.imports.file_import import AnyPlatform
from api.imports.import_report import ImportReport
from api.imports.imported_order import ImportedOrder
from api.imports.own_orders import OWN_ORDERS
from api.imports.shopify_orders import SHOPIFY_ORDERS
from api.imports.woocommerce_orders import WOOCOMMERCE_ORDERS
from ledger.kernel.times import format_time
from tests.unit.imports.files import DATA, read_all, written


def orders(path: Path, platform: AnyPlatform) -> tuple[list[ImportedOrder], ImportReport]:
    """The orders that can be taken of a file."""
    found, report = read_all(path, platform)
    return [each for each in found if isinstance(each, ImportedOrder)], report


def lines(order: ImportedOrder) -> list[tuple[object, ...]]:
    """SKU, title, units, subtotal, discount and tax of each line."""
    return [(e.sku, e.title, e.units, e.subtotal, e.discount, e.tax) for e in order.lines]


def state(order: ImportedOrder) -> tuple[str, str, str]:
    """Where an order stood, and when it was placed."""
    return order.status, order.payment_status, format_time(order.placed_us)[:19]


def test_shopify_spreads_what_is_of_the_order() -> None:
    (ada, bo, none, taxed), report = orders(DATA / "shopify_orders.csv", SHOPIFY_ORDERS)
    # 6.00 off 50.00 and 10.00; 9.26 of taxes within 45.00 of the jumpers and 4.00 of the parcel
    assert lines(ada) == [
        ("JUMPER-S", "Harbour Jumper - small / navy", 2, 5_000, 500, 850),
        ("", "Gift wrap", 1, 1_000, 100, 0),
    ]
    assert ada.shipping is not None
    assert (ada.shipping.name, ada.shipping.amount, ada.shipping.tax) == ("Parcel", 400, 76)
    assert state(ada) == ("fulfilled", "partly_refunded", "2014-04-16T12:17:26")
    assert (ada.is_tax_included, ada.refunded, ada.total) == (True, 500, 5_800)
    assert ada.sent_to is not None
    assert (ada.sent_to.postal_code, ada.sent_to.region) == ("01234", "LND")
    assert (ada.email, bo.email, ada.user) == ("ada@example.com", None, None)
    assert state(bo) == ("pending", "unpaid", "2015-01-02T03:04:05")
    assert (bo.is_tax_included, bo.lines[0].tax, bo.lines[0].sku[:6]) == (False, 80, "MUG-1-")
    assert (none.number, none.status, none.payment_status) == ("#1004", "cancelled", "unpaid")
    # a currency without decimals: 30,981 of 163,057 is 30,980.81 and 0.19; duties are a line
    assert lines(taxed) == [
        ("SADDLE", "Saddle", 2, 163_056, 0, 30_981),
        ("", "duties", 1, 900, 0, 0),
    ]
    assert (taxed.number, taxed.total, taxed.is_tax_included) == ("1005", 194_938, False)
    (refused,) = report.refused
    assert (refused["line"], "do not come to its total" in refused["why"]) == (5, True)
    assert set(report.remarks) == {
        "note left out",
        "code of its discount left out",
        "e-mail address left out: it is none",
        "address left out: it has no name or no country",
    }


def test_woocommerce_says_taxes_of_each_line_and_fees_are_a_line() -> None:
    (cy, mug), report = orders(DATA / "woocommerce_orders.csv", WOOCOMMERCE_ORDERS)
    assert lines(cy) == [
        ("TEE-RED", "Tee", 2, 2_000, 200, 342),
        ("", "Song", 1, 780, 0, 148),
        ("", "fees", 1, 100, 0, 19),
    ]
    assert cy.shipping is not None
    assert (cy.shipping.amount, cy.shipping.tax, cy.user) == (500, 95, "7")
    assert state(cy) == ("fulfilled", "paid", "2016-08-15T10:26:09")
    assert (mug.status, mug.payment_status, mug.user) == ("refunded", "refunded", None)
    assert [each["line"] for each in report.refused] == [5]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("7,2026-01-01,confirmed,paid,usd,1,5.00,6.00", "do not come to its total"),
        ("7,2026-01-01,confirmed,paid,usd,0,5.00,5.00", "no number of units"),
        ("7,soon,confirmed,paid,usd,1,5.00,5.00", "no time"),
        ("7,,confirmed,paid,usd,1,5.00,5.00", "when it was placed"),
        ("7,2026-01-01,done,paid,usd,1,5.00,5.00", "the status"),
        ("7,2026-01-01,confirmed,paid,xyz,1,5.00,5.00", "no currency"),
        (",2026-01-01,confirmed,paid,usd,1,5.00,5.00", "no number"),
        ("7,2026-01-01,confirmed,paid,usd,1,-5.00,-5.00", "no price"),
    ],
)
def test_what_cannot_be_taken_is_named(tmp_path: Path, cells: str, why: str) -> None:
    header = "order,placed at,status,payment status,currency,units,subtotal,total"
    found, report = orders(written(tmp_path, header, cells), OWN_ORDERS)
    assert not found
    assert why in report.refused[0]["why"]
