"""Coupons: what takes something off the price of a plan."""

from __future__ import annotations

from api.commands.subscriptions.coupons import PublishCoupon
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.router import Router
from api.http.subscriptions.answers.coupons import CouponAnswer, CouponsAnswer, coupon_answer
from api.http.subscriptions.coupon_bodies import CouponAsked, coupon_of
from api.http.subscriptions.permissions import CouponsReader, CouponsWriter
from api.queries.subscriptions.coupons import coupon_of as found_coupon
from api.queries.subscriptions.coupons import coupons_of
from ledger.subscriptions.coupon import PublishedCoupon
from ledger.subscriptions.coupon_book import CouponBook

router = Router(prefix="/v1/billing/coupons", tags=["subscriptions"])


@router.get("")
async def list_coupons(
    caller: CouponsReader, cursor: str | None = None, limit: Limit = None
) -> Ok[CouponsAnswer]:
    """The coupons of an org, each with how often it is redeemed, by their ids."""
    cursors = Cursors(caller, "coupons", {})
    page = cursors.page(limit)
    after = cursors.read(cursor, str, "")
    found = await coupons_of(caller.service.reader, caller.org, after, page.asked)
    rows = page.cut(found, lambda each: each.published.coupon.id)
    return Ok(CouponsAnswer([coupon_answer(*each) for each in rows], page.next_cursor))


@router.put("")
async def publish_coupon(
    caller: CouponsWriter, key: IdempotencyKey, body: CouponAsked
) -> Ok[CouponAnswer]:
    """Publish a coupon from now on, in place of the one of that id. Who has redeemed it keeps the
    version that they have; how often it was redeemed is counted on."""
    coupon = coupon_of(body)
    exactly = {} if coupon.amount is None else {"amount": coupon.amount}
    command = PublishCoupon(**caller.asks(key), sent=body.sent() | exactly, coupon=coupon)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, CouponBook.CouponPublished)
    now = await found_coupon(caller.service.reader, caller.org, coupon.id)
    published = PublishedCoupon(fact.coupon_version, fact.coupon)
    return Ok(coupon_answer(published, now.redeemed if now else 0), replayed=result.replayed)
