"""Prices as they are published: of SKUs and of catalogue items, their modifiers, the policy,
and what it costs to send an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.queries.reader import Reader, Row
from ledger.kernel.decoding import converted
from ledger.pricing.base_price import PublishedPrices
from ledger.pricing.modifier import Modifier
from ledger.pricing.shipping_method import ShippingMethod
from ledger.pricing.stacking import Stacking


class SubjectPrices(NamedTuple):
    """The prices of a SKU, or of `item/` and the id of a catalogue item."""

    subject: str
    published: PublishedPrices


async def prices_of(reader: Reader, org: str, subject: str) -> SubjectPrices | None:
    """Return the prices of one subject."""
    found = await reader.rows(org, "pricing/prices", {"org": org, "ids": [subject]})
    return subject_prices(found[0]) if found else None


async def price_page(reader: Reader, org: str, after: str, limit: int) -> list[SubjectPrices]:
    """Return those of an org, by their subjects, that come after one."""
    asked = {"org": org, "after": after, "limit": limit}
    return [subject_prices(each) for each in await reader.rows(org, "pricing/price_page", asked)]


async def modifiers_of(reader: Reader, org: str) -> list[Modifier]:
    """Return the modifiers of an org, in the order in which they change prices."""
    return modifiers_in(await reader.rows(org, "pricing/modifiers", {"org": org}))


async def shipping_methods_of(reader: Reader, org: str) -> list[ShippingMethod]:
    """Return the shipping methods of an org, in the order in which they are offered."""
    return shipping_methods_in(await reader.rows(org, "pricing/shipping_methods", {"org": org}))


async def stacking_of(reader: Reader, org: str) -> Stacking:
    """Return how what is taken off an order stacks in an org."""
    return stacking_in(await reader.rows(org, "pricing/policy", {"org": org}))


def subject_prices(row: Row) -> SubjectPrices:
    """Return the prices that a row says."""
    return SubjectPrices(row["id"], converted(row["published"], PublishedPrices))


def modifiers_in(rows: Sequence[Row]) -> list[Modifier]:
    """Return the modifiers that an org's row says, if it has one."""
    return converted(rows[0]["modifiers"], list[Modifier]) if rows else []


def shipping_methods_in(rows: Sequence[Row]) -> list[ShippingMethod]:
    """Return the shipping methods that an org's row says, if it has one."""
    return converted(rows[0]["methods"], list[ShippingMethod]) if rows else []


def stacking_in(rows: Sequence[Row]) -> Stacking:
    """Return the stacking that an org's row says; without one each takes of what remains."""
    return Stacking(rows[0]["stacking"]) if rows else Stacking.SEQUENTIAL
