"""Coupons as they are published, and how often each is redeemed."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader, Row
from ledger.kernel.decoding import converted
from ledger.subscriptions.coupon import PublishedCoupon


class FoundCoupon(NamedTuple):
    """A coupon, and how often it is redeemed and not given back."""

    published: PublishedCoupon
    redeemed: int


async def coupon_of(reader: Reader, org: str, coupon: str) -> FoundCoupon | None:
    """Return a coupon of an org."""
    row = await reader.row(org, "subscriptions/coupon", {"org": org, "id": coupon})
    return None if row is None else _found(row)


async def coupons_of(reader: Reader, org: str, after: str, limit: int) -> list[FoundCoupon]:
    """Return those of an org, by their ids, that come after one."""
    asked = {"org": org, "after": after, "limit": limit}
    return [_found(row) for row in await reader.rows(org, "subscriptions/coupons", asked)]


def _found(row: Row) -> FoundCoupon:
    return FoundCoupon(converted(row["published"], PublishedCoupon), row["redeemed"])
