"""The contract of SubscriptionProvider: how a subscription stands, whatever has become of it."""

from __future__ import annotations

import pytest

from adapters.embedded.stripe_sandbox.access import Access
from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import Money, PaymentPaid, SubscriptionMoved
from ledger.purchases.provider import MovementKind
from ledger.subscriptions.mirrored import BillStatus, MirroredStatus
from tests.contracts.purchases.worlds import ANYWHERE, charge

from .shop import DAY_S, HOUR_S, SEAT, Shop, play, total

RETRIES_DAYS = (3, 5, 7)


def test_a_page_that_is_asked_for_twice_is_one(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        asked = shop.page()
        first = await shop.subscriptions.open_page(asked)
        assert first == await shop.subscriptions.open_page(asked)
        assert first.session != (await shop.subscriptions.open_page(shop.page())).session

    play(access, scene)


def test_who_pays_on_the_page_subscribes(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        opened = await shop.subscriptions.open_page(shop.page(3))
        assert (await shop.account.pay(opened.url, "4000000000000002")).status_code == 402
        waiting = await shop.subscriptions.mirrored(await shop.only())
        assert waiting.status is MirroredStatus.INCOMPLETE
        assert (waiting.invoices[0].status, waiting.invoices[0].failure) == (
            BillStatus.OPEN,
            "generic_decline",
        )
        assert (await shop.account.pay(opened.url)).status_code == 303

        found = await shop.subscriptions.mirrored(waiting.id)
        assert (found.org, found.user, found.customer) == ("acme", "ann", shop.customer)
        assert (found.status, found.price, found.quantity) == (
            MirroredStatus.ACTIVE,
            shop.price,
            3,
        )
        assert (found.cancels_us, found.ended_us, found.is_unpaid) == (None, None, False)
        (invoice,) = found.invoices
        assert (invoice.status, invoice.total) == (BillStatus.PAID, Money(3 * SEAT, "usd"))
        assert (invoice.failure, invoice.number is not None) == (None, True)
        (line,) = invoice.lines
        assert (line.total, line.price, line.quantity) == (3 * SEAT, shop.price, 3)
        assert (line.period, line.is_proration) == (found.period, False)
        assert invoice.payment is not None
        assert await shop.subscriptions.of_payment(invoice.payment) == found.id
        assert await shop.provider.purchase_of(invoice.payment) is None

    play(access, scene)


def test_a_payment_of_a_purchase_is_of_no_subscription(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        method = await shop.account.method(shop.customer, "pm_card_visa")
        paid = await shop.provider.charge(charge(shop.customer, method))
        assert isinstance(paid, PaymentPaid)
        assert await shop.subscriptions.of_payment(paid.payment) is None

    play(access, scene)


def test_a_card_that_wants_its_holder_is_confirmed_on_the_page(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        opened = await shop.subscriptions.open_page(shop.page())
        answer = await shop.account.pay(opened.url, "4000002500003155")
        assert answer.status_code == 303
        at = f"{shop.account.url}{answer.headers['location']}"
        assert (await shop.account.press(at, "action", "confirm")).status_code == 303
        found = await shop.subscriptions.mirrored(await shop.only())
        assert found.status is MirroredStatus.ACTIVE
        await shop.until(found.period.end_us + HOUR_S * 1_000_000)  # it was set up: no one is asked
        found = await shop.subscriptions.mirrored(found.id)
        assert [each.status for each in found.invoices] == [BillStatus.PAID] * 2

    play(access, scene)


def test_a_page_that_nobody_pays_leaves_nothing(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        opened = await shop.subscriptions.open_page(shop.page())
        await shop.account.pay(opened.url, "4000000000000002")
        await shop.pass_time(DAY_S)
        found = await shop.subscriptions.mirrored(await shop.only())
        assert (found.status, found.is_unpaid) == (MirroredStatus.ENDED, True)
        assert [each.status for each in found.invoices] == [BillStatus.VOID]
        assert (await shop.account.pay(opened.url)).status_code == 404

    play(access, scene)


def test_a_period_begins_with_a_draft_that_is_paid_an_hour_later(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        second = await shop.renewed(first)
        assert second.period.start_us == first.period.end_us
        assert [each.status for each in second.invoices] == [BillStatus.PAID, BillStatus.DRAFT]
        assert (second.invoices[1].number, second.invoices[1].payment) == (None, None)
        await shop.pass_time(HOUR_S)
        second = await shop.subscriptions.mirrored(first.id)
        assert (second.status, second.invoices[1].status) == (
            MirroredStatus.ACTIVE,
            BillStatus.PAID,
        )
        assert second.invoices[1].lines[0].period == second.period
        booked = [each async for each in shop.provider.movements(0, second.period.end_us)]
        paid = [each.of for each in booked if each.kind is MovementKind.PAYMENT]
        assert paid == [each.payment for each in second.invoices]

    play(access, scene)


def test_three_months_at_once_are_three_periods_in_order(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        await shop.pass_time(94 * DAY_S)
        found = await shop.subscriptions.mirrored(first.id)
        assert [each.status for each in found.invoices] == [BillStatus.PAID] * 4
        periods = [each.lines[0].period for each in found.invoices]
        assert periods[0] == first.period
        assert periods[-1] == found.period
        assert [each.end_us for each in periods[:-1]] == [each.start_us for each in periods[1:]]
        assert [each.created_us for each in found.invoices] == [each.start_us for each in periods]

        told = [each.happening async for each in shop.provider.events_since(None, 0)]
        moved = [each for each in told if isinstance(each, SubscriptionMoved)]
        assert set(moved) == {SubscriptionMoved(first.id)}
        assert len(moved) >= 4 * 2  # each is made, and paid

    play(access, scene)


def test_a_card_that_declines_is_tried_again(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        await shop.pays_by(first.id, "pm_card_chargeCustomerFail")
        await shop.renewed(first)
        await shop.pass_time(HOUR_S)
        owing = await shop.subscriptions.mirrored(first.id)
        assert owing.status is MirroredStatus.PAST_DUE
        last = owing.invoices[-1]
        assert (last.status, last.failure, last.tries) == (BillStatus.OPEN, "generic_decline", 1)

        await shop.pays_by(first.id, "pm_card_visa")
        await shop.pass_time(RETRIES_DAYS[0] * DAY_S)
        paid = await shop.subscriptions.mirrored(first.id)
        last = paid.invoices[-1]
        assert (paid.status, last.status) == (MirroredStatus.ACTIVE, BillStatus.PAID)
        assert (last.failure, last.tries) == (None, 2)

    play(access, scene)


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required"),
        (None, "no_payment_method"),
    ],
)
def test_who_never_pays_subscribes_no_more(access: Access, card: str | None, why: str) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        if card is not None:
            await shop.pays_by(first.id, card)
        else:
            methods = await shop.v1.payment_methods.list_async({"customer": shop.customer})
            await shop.account.detach(methods.data[0].id)
        await shop.renewed(first)
        await shop.pass_time(HOUR_S + sum(RETRIES_DAYS) * DAY_S)
        found = await shop.subscriptions.mirrored(first.id)
        assert (found.status, found.is_unpaid) == (MirroredStatus.ENDED, True)
        last = found.invoices[-1]
        assert (last.status, last.failure) == (BillStatus.OPEN, why)
        assert last.tries == 1 + len(RETRIES_DAYS)
        assert found.ended_us is not None
        await shop.pass_time(60 * DAY_S)
        assert await shop.subscriptions.mirrored(first.id) == found

    play(access, scene)


def test_seats_that_are_added_are_prorated_with_the_next_invoice(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        middle = (first.period.start_us + first.period.end_us) // 2
        await shop.until(middle)
        await shop.v1.subscriptions.update_async(first.id, {"items": [{"quantity": 3}]})
        changed = await shop.subscriptions.mirrored(first.id)
        assert (changed.quantity, changed.period) == (3, first.period)
        assert len(changed.invoices) == 1
        last = (await shop.renewed(changed)).invoices[-1]
        assert last.total.amount == total(last) == 3 * SEAT + 2 * SEAT // 2
        shares = [each for each in last.lines if each.is_proration]
        assert sorted((each.total, each.quantity) for each in shares) == [
            (-SEAT // 2, 1),
            (3 * SEAT // 2, 3),
        ]
        assert {each.price for each in last.lines} == {shop.price}

    play(access, scene)


def test_a_year_begins_when_it_is_chosen(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        yearly = await shop.price_of(20_000, "year")
        await shop.until((first.period.start_us + first.period.end_us) // 2)
        await shop.v1.subscriptions.update_async(first.id, {"items": [{"price": yearly}]})
        found = await shop.subscriptions.mirrored(first.id)
        assert found.price == yearly
        assert (found.period.end_us - found.period.start_us) // (DAY_S * 1_000_000) in (365, 366)
        last = found.invoices[-1]
        assert (last.status, last.total.amount) == (BillStatus.PAID, 20_000 - SEAT // 2)
        await shop.until(first.period.end_us)  # the month does not end any more
        assert await shop.subscriptions.mirrored(first.id) == found

    play(access, scene)


def test_what_is_given_back_is_taken_off_the_next_invoices(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed(10)
        await shop.v1.subscriptions.update_async(
            first.id, {"items": [{"quantity": 1}], "proration_behavior": "always_invoice"}
        )
        back = (await shop.subscriptions.mirrored(first.id)).invoices[-1]
        assert (back.status, back.payment) == (BillStatus.PAID, None)
        assert back.total.amount == total(back) == 0
        assert back.lines[-1].total > 0  # it is kept for what comes
        await shop.renewed(first)
        await shop.pass_time(HOUR_S)
        last = (await shop.subscriptions.mirrored(first.id)).invoices[-1]
        assert (last.status, last.payment, last.total.amount) == (BillStatus.PAID, None, 0)
        assert sorted(each.total for each in last.lines) == [-SEAT, SEAT]

    play(access, scene)


def test_who_cancels_leaves_at_the_end_of_the_period(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        for is_wanted in (True, False, True):
            await shop.v1.subscriptions.update_async(first.id, {"cancel_at_period_end": is_wanted})
            found = await shop.subscriptions.mirrored(first.id)
            assert found.cancels_us == (first.period.end_us if is_wanted else None)
            assert found.status is MirroredStatus.ACTIVE
        found = await shop.renewed(first)
        assert (found.status, found.ended_us) == (MirroredStatus.ENDED, first.period.end_us)
        assert (found.cancels_us, found.is_unpaid, len(found.invoices)) == (None, False, 1)

    play(access, scene)


def test_the_portal_cancels_resumes_and_takes_another_card(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        await shop.pays_by(first.id, "pm_card_chargeCustomerFail")
        portal = (await shop.provider.open_portal(shop.customer, ANYWHERE)).url
        for button, cancels_us in (("cancel", first.period.end_us), ("resume", None)):
            await shop.account.press(portal, button, first.id)
            assert (await shop.subscriptions.mirrored(first.id)).cancels_us == cancels_us
        assert (await shop.account.press(portal, "cancel", "sub_unknown")).status_code == 402
        await shop.account.pay(portal)
        await shop.renewed(first)
        await shop.pass_time(HOUR_S)
        found = await shop.subscriptions.mirrored(first.id)
        assert found.invoices[-1].status is BillStatus.PAID

    play(access, scene)


def test_what_is_cancelled_at_once_is_over(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.renewed(await shop.subscribed())
        await shop.v1.subscriptions.cancel_async(first.id)
        found = await shop.subscriptions.mirrored(first.id)
        assert (found.status, found.is_unpaid) == (MirroredStatus.ENDED, False)
        await shop.pass_time(40 * DAY_S)  # what was a draft is asked for no more
        assert await shop.subscriptions.mirrored(first.id) == found
        with pytest.raises(NeverTaken):
            await shop.subscriptions.mirrored("sub_unknown")

    play(access, scene)


def test_an_invoice_is_void_or_given_up(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        first = await shop.subscribed()
        await shop.pays_by(first.id, "pm_card_chargeCustomerFail")
        await shop.renewed(first)
        await shop.pass_time(HOUR_S)
        id = (await shop.subscriptions.mirrored(first.id)).invoices[-1].id
        await shop.v1.invoices.mark_uncollectible_async(id)
        last = (await shop.subscriptions.mirrored(first.id)).invoices[-1]
        assert (last.status, last.failure) == (BillStatus.UNCOLLECTIBLE, "generic_decline")
        await shop.v1.invoices.void_invoice_async(id)
        last = (await shop.subscriptions.mirrored(first.id)).invoices[-1]
        assert (last.status, last.failure) == (BillStatus.VOID, None)

    play(access, scene)


def test_what_is_added_to_a_draft_is_on_it_once(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        renewed = await shop.renewed(await shop.subscribed())
        asked = [shop.charge(renewed) for _ in range(12)]  # more than an invoice shows with it
        for each in asked:
            await shop.subscriptions.add_charge(each)
            await shop.subscriptions.add_charge(each)
        draft = (await shop.subscriptions.mirrored(renewed.id)).invoices[-1]
        assert (draft.status, draft.total.amount) == (BillStatus.DRAFT, SEAT + 12 * 500)
        added = [each for each in draft.lines if each.price is None]
        assert {each.charge for each in added} == {each.id for each in asked}
        assert [each.charge for each in draft.lines if each.price] == [None]
        assert [(each.text, each.total, each.quantity) for each in added] == [
            ("5,000 credits beyond those included", 500, 1)
        ] * 12

        await shop.pass_time(2 * DAY_S)  # it is paid, and Stripe has forgotten our key
        await shop.subscriptions.add_charge(asked[0])
        paid = (await shop.subscriptions.mirrored(renewed.id)).invoices[-1]
        assert (paid.status, paid.total, total(paid)) == (
            BillStatus.PAID,
            draft.total,
            draft.total.amount,
        )
        with pytest.raises(NeverTaken, match="finalized"):
            await shop.subscriptions.add_charge(shop.charge(renewed))

    play(access, scene)
