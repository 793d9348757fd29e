"""Bills: every amount rounded once, half-even, and spread exactly; the arithmetic stands beside."""

from __future__ import annotations

import msgspec
import pytest

from ledger.invoices.bill import Bill, Rounding, bill_of, check_bill, sum_up
from ledger.invoices.item import ONE, Discount, Draft, Item, check_draft
from ledger.invoices.tax_rates import AppliedTax, TaxPlace, TaxRate, TaxRates, check_rates
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import NET_DAYS_MAX
from ledger.kernel.shares import apportion, half_even, spread
from tests.scenarios.invoice_commands import dollars, drafted, item, tax


def taxed(percent: int, *, included: bool = False) -> AppliedTax:
    """A tax of whole percents."""
    return AppliedTax(
        name="VAT",
        country="DE",
        category="standard",
        rate=percent * 10_000,
        org="acme",
        version=1,
        is_included=included,
    )


def bill(
    *items: Item,
    at: AppliedTax | None = None,
    discounts: tuple[Discount, ...] = (),
    rounding: Rounding = Rounding.LINE,
    currency: str = "usd",
) -> Bill:
    """What items come to, all taxed alike."""
    found = bill_of(drafted(*items, discounts=discounts, currency=currency), lambda _: at, rounding)
    check_bill(found)
    return found


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (5, 10, 0),  # 0.5: to the even zero
        (15, 10, 2),  # 1.5
        (25, 10, 2),  # 2.5
        (26, 10, 3),
        (-5, 10, 0),
        (-15, 10, -2),
        (-25, 10, -2),
        (-26, 10, -3),
        (7, 1, 7),
    ],
)
def test_half_even(numerator: int, denominator: int, rounded: int) -> None:
    assert half_even(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # 33.33 each: of equal remainders the first
        (10, [3, 3, 1], [4, 4, 2]),  # 4.29, 4.29, 1.43: the largest remainder is the last's
        (1, [1, 2, 3], [0, 0, 1]),  # 0.17, 0.33, 0.5
        (0, [1, 2], [0, 0]),
        (5, [0, 0], [0, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (7, [0, 5, 0], [0, 7, 0]),
    ],
)
def test_a_total_is_spread_by_largest_remainder(
    total: int, weights: list[int], shares: list[int]
) -> None:
    assert spread(total, weights) == shares


def test_quotients_below_zero_are_apportioned_too() -> None:
    # 0.6 and -0.4 are 0.2 together, which is rounded to 0: 0 and 0, or 1 and -1; the larger
    # remainder above the floor is that of 0.6 and of -0.4 alike, so the first has the unit.
    assert apportion(0, [6, -4], 10) == [1, -1]


@pytest.mark.parametrize(
    ("price", "quantity", "currency", "amount"),
    [
        ("20.00", ONE, "usd", 2_000),
        ("15", 3 * ONE, "usd", 4_500),
        ("0.000012", 1_234_567 * ONE, "usd", 1_481),  # 14.814804
        ("0.000000000001", ONE, "usd", 0),
        ("1.00", 12_345_678_901, "usd", 1_235),  # 12.345678901 thousand credits: 12.35
        ("0.125", ONE, "usd", 12),  # 12.5 cents: to the even 12
        ("0.135", ONE, "usd", 14),  # 13.5 cents: to the even 14
        ("100", ONE, "jpy", 100),
        ("1.2345", ONE, "bhd", 1_234),  # 1234.5 fils: to the even 1234
    ],
)
def test_a_quantity_times_a_price_is_rounded_once(
    price: str, quantity: int, currency: str, amount: int
) -> None:
    found = bill(item(price=dollars(price), quantity=quantity), currency=currency)
    assert (found.subtotal, found.total) == (amount, amount)


def test_tax_is_added_on_each_line_or_once_for_all() -> None:
    items = [item(10), item(10), item(10)]
    lines = bill(*items, at=taxed(19))
    # 1.9 cents each, rounded to 2: 6 together.
    assert [each.tax for each in lines.lines] == [2, 2, 2]
    assert (lines.subtotal, lines.tax, lines.total) == (30, 6, 36)
    whole = bill(*items, at=taxed(15), rounding=Rounding.INVOICE)
    # 30 * 15 % = 4.5, to the even 4; spread over 1.5, 1.5, 1.5: 1 each, the unit left to the first.
    assert [each.tax for each in whole.lines] == [2, 1, 1]
    assert (whole.tax, whole.total) == (4, 34)
    # By lines it would be 1.5, to the even 2, three times.
    assert bill(*items, at=taxed(15)).tax == 6


def test_a_price_that_includes_its_tax_is_what_is_paid() -> None:
    found = bill(item(2_000), at=taxed(19, included=True))
    # 20.00 * 19 / 119 = 3.1932...
    assert (found.subtotal, found.tax, found.total) == (1_681, 319, 2_000)
    (line,) = found.lines
    assert (line.amount, line.discount, line.tax, line.total, line.net) == (
        *(1_681, 0, 319, 2_000),
        1_681,
    )


def test_a_discount_on_prices_with_tax_is_told_without_it() -> None:
    found = bill(
        item(2_000), at=taxed(19, included=True), discounts=(Discount(name="ten", bps=1_000),)
    )
    # 18.00 are left, 18.00 * 19 / 119 = 2.8739 tax; 2.00 / 1.19 = 1.6807 discount without tax;
    # so 18.00 - 2.87 + 1.68 = 16.81 before discount.
    assert (found.subtotal, found.discount, found.tax, found.total) == (1_681, 168, 287, 1_800)
    assert found.discounts[0].amount == 200


def test_discounts_come_one_after_the_other_and_are_spread() -> None:
    found = bill(
        *(item(1_000), item(500), item(1)),
        discounts=(
            Discount(name="five", amount=500),  # 333.1, 166.6, 0.3: 333, 167, 0
            Discount(name="tenth", bps=1_000),  # of 667 + 333 + 1 = 1001: 100.1, so 100
        ),
        at=taxed(10),
    )
    # The tenth: 66.6, 33.3, 0.1: 67, 33, 0.
    assert [each.discount for each in found.lines] == [333 + 67, 167 + 33, 0]
    assert [each.amount for each in found.discounts] == [500, 100]
    # 600, 300 and 1 are left: 60, 30 and 0.1 of tax.
    assert [each.tax for each in found.lines] == [60, 30, 0]
    assert (found.subtotal, found.discount, found.tax, found.total) == (1_501, 600, 90, 991)


def test_a_discount_is_never_more_than_what_it_is_of() -> None:
    found = bill(item(300), item(700), discounts=(Discount(name="x", amount=500, items=[0]),))
    assert [each.discount for each in found.lines] == [300, 0]
    whole = bill(item(300), discounts=(Discount(name="x", bps=10_000),), at=taxed(19))
    assert (whole.discount, whole.tax, whole.total) == (300, 0, 0)


def test_what_is_given_back_takes_no_part_in_discounts() -> None:
    found = bill(item(1_000), item(-400), discounts=(Discount(name="half", bps=5_000),))
    assert [each.total for each in found.lines] == [500, -400]
    assert found.total == 100


def test_what_is_added_and_given_back_at_once_cancels_to_zero() -> None:
    for rounding in Rounding:
        found = bill(item(1_333), item(-1_333), at=taxed(19), rounding=rounding)
        assert (found.subtotal, found.tax, found.total) == (0, 0, 0)


def test_a_bill_whose_sums_are_not_its_lines_is_refused() -> None:
    found = bill(item(1_000), at=taxed(19))
    (line,) = found.lines

    wrong = sum_up([msgspec.structs.replace(line, tax=189)])
    with pytest.raises(Invalid) as refused:
        check_bill(wrong)
    assert refused.value.field == "lines.0"
    with pytest.raises(Invalid) as refused:
        check_bill(msgspec.structs.replace(found, total=1_189))
    assert refused.value.field == "lines"
    with pytest.raises(Invalid) as refused:
        check_bill(bill_of(drafted(item(-1)), lambda _: None, Rounding.LINE))
    assert refused.value.field == "items"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (drafted(), "items"),
        (drafted(*[item(1)] * 251), "items"),
        (drafted(item(1), currency="credit"), "currency"),
        (drafted(item(1), currency="xyz"), "currency"),
        (drafted(item(1), net_days=366), "net_days"),
        (drafted(item(1), net_days=-1), "net_days"),
        (drafted(item(1), reference=""), "reference"),
        (drafted(item(1, text="")), "items.0.text"),
        (drafted(item(1), item(1, category="x" * 256)), "items.1.category"),
        (drafted(item(2**62)), "items.0.amount"),
        (drafted(item(price=2**63)), "items.0.unit_price"),
        (drafted(item(price=10**12, quantity=10**18 + 1)), "items.0.quantity"),
        (drafted(item(price=9 * 10**18, quantity=10**18)), "items.0.unit_price"),
        (drafted(item(1, from_us=2, until_us=2)), "items.0.ends_at"),
        (drafted(item(1), discounts=(Discount(name="", bps=1),)), "discounts.0.name"),
        (drafted(item(1), discounts=(Discount(name="x"),)), "discounts.0.bps"),
        (drafted(item(1), discounts=(Discount(name="x", bps=1, amount=1),)), "discounts.0.bps"),
        (drafted(item(1), discounts=(Discount(name="x", bps=10_001),)), "discounts.0.bps"),
        (drafted(item(1), discounts=(Discount(name="x", amount=0),)), "discounts.0.amount"),
        (drafted(item(1), discounts=(Discount(name="x", bps=1, items=[1]),)), "discounts.0.items"),
        (
            drafted(item(1), discounts=(Discount(name="x", bps=1, items=[0, 0]),)),
            "discounts.0.items",
        ),
        (drafted(item(1), discounts=(Discount(name="x", bps=1),) * 21), "discounts"),
    ],
)
def test_what_no_invoice_can_have_is_refused(draft: Draft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_draft(draft, NET_DAYS_MAX)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("2020-01-01", None), ("2021-01-01", None), True),
        (("2020-01-01", "2021-01-01"), ("2021-01-01", None), False),
        (("2020-01-01", "2021-01-02"), ("2021-01-01", "2021-02-01"), True),
        ((None, None), ("2021-01-01", "2021-02-01"), True),
        (("2021-01-01", None), (None, "2021-01-01"), False),
    ],
)
def test_rates_of_a_place_must_not_overlap(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], overlap: bool
) -> None:
    rates = [_rate(*one), _rate(*other)]
    if not overlap:
        check_rates(rates)
        return
    with pytest.raises(Invalid) as refused:
        check_rates(rates)
    assert refused.value.field == "rates.1.effective_from"


def test_rates_of_other_places_and_categories_stand_beside_each_other() -> None:
    check_rates([tax(19), tax(7, category="books"), tax(19, region="BE"), tax(20, "AT")])


def _rate(since: str | None, until: str | None) -> TaxRate:
    return tax(
        19,
        since=since and f"{since}T00:00:00Z",
        until=until and f"{until}T00:00:00Z",
    )


def test_the_rate_of_a_region_comes_before_that_of_its_country() -> None:

    rates = TaxRates("acme", 3, [tax(5, "CA"), tax(13, "CA", region="ON"), tax(19)])

    def found(place: TaxPlace) -> int | None:
        applied = rates.rate_for(place, "DE", "standard", 0)
        return applied.rate // 10_000 if applied else None

    assert found(TaxPlace("CA", "ON")) == 13
    assert found(TaxPlace("CA", "BC")) == 5
    assert found(TaxPlace("CA")) == 5
    assert found(TaxPlace("FR")) is None


def test_who_has_a_vat_id_and_is_billed_from_elsewhere_owes_the_tax() -> None:

    rates = TaxRates("acme", 1, [tax(20, "AT", reverse_charge=True)])

    def found(place: TaxPlace, seller: str) -> tuple[int, bool]:
        applied = rates.rate_for(place, seller, "standard", 0)
        assert applied is not None
        return applied.rate // 10_000, applied.is_reverse_charge

    assert found(TaxPlace("AT", has_vat_id=True), "DE") == (0, True)
    assert found(TaxPlace("AT"), "DE") == (20, False)
    assert found(TaxPlace("AT", has_vat_id=True), "AT") == (20, False)
