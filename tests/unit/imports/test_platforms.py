"""What is read of each platform's file, worked out by hand beside the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.imports.file_import import AnyPlatform
from api.imports.imported_customer import SHOPIFY_CUSTOMERS, ImportedCustomer
from api.imports.imported_item import ImportedItem
from api.imports.own_csv import OWN_CSV
from api.imports.shopify import SHOPIFY
from api.imports.woocommerce import WOOCOMMERCE
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Invalid
from tests.unit.imports.files import DATA, read, read_all, written


def variants(item: ImportedItem) -> list[tuple[object, ...]]:
    """SKU, option values, grams, oversell, units and amounts of each variant."""
    return [
        (v.meaning.sku, *v.meaning.values.values(), v.meaning.weight, v.meaning.oversell, v.units,
         *(price.amount for price in v.prices))
        for v in item.variants
    ]  # fmt: skip


def test_shopify_older_columns() -> None:
    items, report = read(DATA / "shopify_older.csv", SHOPIFY)
    jumper, mug, scarf = items
    assert variants(jumper) == [
        ("harbour-jumper-small-navy", "small", "navy", 420, False, 7, 8000),
        ("JUMPER-L-NAVY", "large", "navy", 455, True, 0, 8250),
        ("JUMPER-S-ECRU", "small", "ecru", 420, False, 0, 8000),
    ]
    text = jumper.details.texts["en"]
    assert text.title == "Harbour Jumper"
    assert text.description == (
        'Knitted in a soft wool blend.\n- Length, 28" at the back\n- Made in Cork & Kerry'
    )
    assert jumper.details.fields == {"vendor": "North & Co", "tags": ["wool", '"winter"']}
    assert jumper.details.categories == ["jumpers"]
    assert [each.source for each in jumper.details.media] == [
        "https://cdn.example/jumper.jpg",
        "https://cdn.example/jumper-back.jpg",
    ]
    assert variants(mug) == [("tin-mug", None, True, 12, 950)]
    assert (mug.options, mug.is_published, scarf.is_published) == ([], True, False)
    assert scarf.variants[0].meaning.sku.startswith("SCARF-1-2-")
    assert [each["line"] for each in report.refused] == [11]
    assert report.remarks["stock below zero: none received"] == [1, 10]
    assert report.remarks["barcode left out"] == [1, 7]


def test_shopify_columns_of_today() -> None:
    [stool], report = read(DATA / "shopify.csv", SHOPIFY)
    assert variants(stool) == [("STOOL-1", 5400, False, 3, 123450)]
    assert [each.slug for each in stool.categories] == [
        "furniture",
        "furniture-chairs",
        "furniture-chairs-stools",
    ]
    assert stool.details.categories == ["furniture-chairs-stools"]
    assert stool.variants[0].paid == (180_000, "usd")  # 3 at 600.00
    assert list(report.remarks) == ["prices of markets left out: give them a list of prices"]


def test_woocommerce_variations_find_their_parent_wherever_it_stands() -> None:
    (tee, mug, song), report = read(DATA / "woocommerce.csv", WOOCOMMERCE)
    assert variants(tee) == [
        ("tee-red", "red", 227, False, 4, 1750),
        ("tee-green", "green", 227, True, 0, 2000),
    ]
    assert (tee.slug, mug.slug, song.slug) == ("plain-tee", "mug", "mug-14")
    assert [option.id for option in tee.options] == ["colour"]  # no variation names a size
    assert tee.details.categories == ["clothing-tees", "sale"]
    assert tee.details.fields["attributes"] == {"Size": ["Large", "Small"]}
    assert (tee.details.tax_category, song.details.tax_category) == ("reduced-rate", "exempt")
    assert (song.kind, song.is_published) == (Kind.DIGITAL_DOWNLOAD, False)
    regular, sale = mug.variants[0].prices  # from 2026-01-01 until 2026-02-01 is over
    assert (regular.amount, regular.from_us, sale.amount) == (1000, None, 800)
    assert (sale.from_us, sale.until_us) == (1_767_225_600_000_000, 1_769_990_400_000_000)
    assert [each["line"] for each in report.refused] == [7, 8, 9, 10]
    assert "gone" in report.refused[2]["why"]
    assert "a thousand" in report.refused[3]["why"]


def test_own_columns_have_texts_by_language() -> None:
    lamp, guide = read(DATA / "own.csv", OWN_CSV)[0]
    assert {each: text.title for each, text in lamp.details.texts.items()} == {
        "en": "Lamp",
        "de": "Lampe",
    }
    assert lamp.variants[0].paid == (1, "usd")  # 5 at 0.0015: 0.75 of a cent
    assert variants(lamp) == [
        ("LAMP-W", "white", 900, False, 5, 4000),
        ("LAMP-B", "black", 900, True, 0, 4000),
    ]
    assert (guide.kind, guide.is_published) == (Kind.DIGITAL_DOWNLOAD, False)


def test_customers_are_known_by_their_ids_and_named_in_no_reason() -> None:
    found, report = read_all(DATA / "shopify_customers.csv", SHOPIFY_CUSTOMERS)
    [ada, firm] = [each for each in found if isinstance(each, ImportedCustomer)]
    assert (ada.user, ada.country, ada.region, ada.address.name) == ("7001", "IE", "D", "Ada Byrne")
    assert (ada.address.address, ada.address.postal_code) == (["1 Quay St", "Flat 2"], "D01")
    assert (firm.address.name, firm.address.address) == ("Hafen GmbH", ["Karl Kai", "Kai 7"])
    assert [each["line"] for each in report.refused] == [4, 5, 7]
    assert not [each for each in report.refused if "Nemo" in each["why"] or "@" in each["why"]]
    assert report.remarks["consent to mail left out"] == [2, 2, 3]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Name,Email,Financial Status,Lineitem name,Lineitem quantity", "orders"),
        ("First Name,Last Name,Email,Accepts Email Marketing,Total Spent", "customers"),
        ("Handle,Title,Option1 Value,SKU,Location,Bin name,On hand (new)", "stock by location"),
        ("Date,Order #,Status,Customer,Customer type", "orders"),
        ("Name,Username,Last Active,Sign Up,Email,Orders,Total Spend", "customers"),
    ],
)
@pytest.mark.parametrize("platform", [SHOPIFY, WOOCOMMERCE, OWN_CSV], ids=lambda each: each.name)
def test_other_exports_are_known_and_refused(
    tmp_path: Path, platform: AnyPlatform, header: str, kind: str
) -> None:
    with pytest.raises(Invalid, match=f"export of {kind}"):
        read(written(tmp_path, header, "a,b,c"), platform)


def test_two_of_one_slug_or_sku_are_one(tmp_path: Path) -> None:
    header = "slug,title,sku,price"
    rows = ("a,A,X,1", "b,B,X,1", "é,E,Y,1", "e,E,Z,1", "a,,X,1")
    items, report = read(written(tmp_path, header, *rows), OWN_CSV)
    assert [each.slug for each in items] == ["b", "e"]
    why = [each["why"] for each in report.refused]
    assert "variants.1.sku" in why[0]  # the last row is of the first item
    assert "slug e is that of the item on line 4" in why[1]
