"""Tax rates: which hold where and when, as an org has published them, and the one of a line.

A rate is in millionths: 190,000 is 19 %.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.invoices.item import STANDARD
from ledger.invoices.vat_ids import check_country
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import TAX_RATES_MAX
from ledger.kernel.times import check_time

WHOLE = 1_000_000
"""All of something, in millionths."""

RATE_DECIMALS = 4
"""Decimals of a percentage."""

RATE_MAX = WHOLE


class TaxRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate of a country, or of one region of it, for a category, from a moment until another.

    `name`: as it is printed. `is_included`: prices have it within them. `reverse_charge`: who has
    a VAT id of this country and is billed from another one owes the tax themselves.
    """

    country: str
    name: str
    rate: int
    region: str | None = None
    category: str = STANDARD
    is_included: bool = False
    reverse_charge: bool = False
    from_us: int = 0
    until_us: int | None = None

    def holds_at(self, at_us: int) -> bool:
        """Tell whether it holds at a moment."""
        return self.from_us <= at_us and (self.until_us is None or at_us < self.until_us)


class TaxPlace(msgspec.Struct, frozen=True):
    """Where a payer is, and whether they have a VAT id of that country."""

    country: str
    region: str | None = None
    has_vat_id: bool = False


class AppliedTax(msgspec.Struct, frozen=True, kw_only=True):
    """The rate that a line was taxed by, and which version of whose rates it is of, for ever."""

    name: str
    country: str
    category: str
    rate: int
    org: str
    version: int
    region: str | None = None
    is_included: bool = False
    is_reverse_charge: bool = False


class TaxRates(msgspec.Struct, frozen=True):
    """The rates of an org, and which version of them."""

    org: str
    version: int
    rates: list[TaxRate]

    def rate_for(
        self,
        place: TaxPlace,
        seller_country: str,
        category: str,
        at_us: int,
        *,
        includes_tax: bool | None = None,
    ) -> AppliedTax | None:
        """Return what taxes a category at a place: the rate of its region, else of its country;
        None: nothing does. `includes_tax`: whether the price has it within, whatever the rate
        says."""
        found = self._find(place, category, at_us)
        if found is None:
            return None
        is_reverse = found.reverse_charge and place.has_vat_id and place.country != seller_country
        return AppliedTax(
            name=found.name,
            country=found.country,
            category=category,
            rate=0 if is_reverse else found.rate,
            org=self.org,
            version=self.version,
            region=found.region,
            is_included=found.is_included if includes_tax is None else includes_tax,
            is_reverse_charge=is_reverse,
        )

    def _find(self, place: TaxPlace, category: str, at_us: int) -> TaxRate | None:
        for region in dict.fromkeys((place.region, None)):
            for each in self.rates:
                where = each.country, each.region, each.category
                if where == (place.country, region, category) and each.holds_at(at_us):
                    return each
        return None


def check_rates(rates: Sequence[TaxRate]) -> None:
    """Raise Invalid where rates are none, or two hold at the same place at once."""
    if len(rates) > TAX_RATES_MAX:
        raise Invalid(f"rates must be at most {TAX_RATES_MAX}.", field="rates")
    known: dict[tuple[str, str | None, str], list[TaxRate]] = {}
    for place, each in enumerate(rates):
        _check_rate(each, f"rates.{place}")
        others = known.setdefault((each.country, each.region, each.category), [])
        if any(_overlap(each, other) for other in others):
            raise Invalid(
                f"rates.{place} holds at a time when another one of the same country, region and "
                "category does.",
                field=f"rates.{place}.effective_from",
            )
        others.append(each)


def _check_rate(rate: TaxRate, at: str) -> None:
    check_country(rate.country, f"{at}.country")
    for name, text in (("name", rate.name), ("category", rate.category), ("region", rate.region)):
        if text is not None:
            check_text(text, f"{at}.{name}")
    if not 0 <= rate.rate <= RATE_MAX:
        raise Invalid(f"{at}.percent must be 0 to 100.", field=f"{at}.percent")
    check_time(rate.from_us, f"{at}.effective_from")
    if rate.until_us is not None and rate.until_us <= rate.from_us:
        raise Invalid(
            f"{at}.effective_until must be later than effective_from.",
            field=f"{at}.effective_until",
        )


def _overlap(one: TaxRate, other: TaxRate) -> bool:
    return (other.until_us is None or one.from_us < other.until_us) and (
        one.until_us is None or other.from_us < one.until_us
    )
