"""The provider's book is compared with ours: nothing differs, or exactly what does is named."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from adapters.postgres.connection import DatabaseUrls
from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.container import Endpoints, Payments, clock_us, event_store, ledger, stripe_given
from api.reconciliation.reconcile import compared
from api.reconciliation.reconciler import HEARD_US, Range
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.purchases.notice import Happening, Money, PaymentPaid, RefundChanged, RefundState
from ledger.purchases.provider import MovementKind
from ledger.purchases.reconciliation import Compared, Wrong
from tests.api.served import Api, Json, done
from tests.processes.purchases.shop import Shop, shop_over

HOUR_S = 3600
ACTOR = Actor("@test", "tests", "")


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def now_s(shop: Shop) -> int:
    """The time at the provider's, which tests move."""
    return int(shop.control("", method="GET")["now"])


def whole(shop: Shop) -> Range:
    """All that these tests do, by the ledger's time and by the provider's."""
    return Range((int(time.time()) - HOUR_S) * 10**6, (now_s(shop) + HOUR_S) * 10**6)


def around(shop: Shop) -> Range:
    """The two hours around the provider's now."""
    return Range((now_s(shop) - HOUR_S) * 10**6, (now_s(shop) + HOUR_S) * 10**6)


def since(before: Compared, after: Compared) -> Compared:
    """What a comparison has found that one before had not."""
    new = [each for each in after.differences if each not in before.differences]
    equal, on_their_way = after.equal - before.equal, after.on_their_way - before.on_their_way
    return Compared(equal, on_their_way, new)


def look(shop: Shop, during: Range | None = None, *, heard_us: int = 0) -> Compared:
    """Compare."""
    found: Compared = shop.run(_compared(shop, during or whole(shop), heard_us))
    return found


async def _compared(shop: Shop, during: Range, heard_us: int) -> Compared:
    payments = Payments(stripe_given(shop.settings))
    try:
        provider = await payments.provider("stripe")
        return await compared(provider, shop.service.ends.database, during, heard_us=heard_us)
    finally:
        await payments.close()


def bought(shop: Shop, api: Api, number: str = "4242424242424242") -> Json:
    """A purchase that is paid, and heard of."""
    made = shop.buy(api, "20.00")
    shop.pay(made, number)
    shop.hear()
    shop.work()
    return made


def payment_of(api: Api, purchase: Json) -> str:
    """The provider's id of its payment."""
    events = done(api.get("/v1/audit/events", type="purchases.PurchasePaid"))["data"]
    of = {each["stream"]: each["body"]["payment"] for each in events}
    return str(of[f"purchase/{purchase['purchase']}"])


def record(database: DatabaseUrls, org: str, purchase: str, told: Happening) -> None:
    """Have our book say something that the provider has not."""
    store = event_store(database, "tests")
    command: Command[object] = RecordHappening(org, ACTOR, purchase, told)
    (outcome,) = EveryShard(ledger(store), clock_us).run([command])
    store.close()
    assert not isinstance(outcome, LedgerError), outcome


def test_what_was_paid_given_back_and_asked_back_is_the_same_on_both_sides(shop: Shop) -> None:
    admin, before = shop.new_admin(), look(shop)
    one = bought(shop, admin)
    done(admin.send("/v1/billing/refunds", {"purchase": one["purchase"]}))
    bought(shop, admin, "4000000000000259")
    for _ in range(2):
        shop.hear()
        shop.work()
    assert since(before, look(shop)) == Compared(4, 0, [])
    assert look(shop, Range(0, 10**12)) == Compared(0, 0, [])


def test_what_is_told_and_not_heard_yet_is_on_its_way_then_missing_here(shop: Shop) -> None:
    admin, before = shop.new_admin(), look(shop)
    made = shop.buy(admin, "20.00")
    shop.pay(made)
    assert since(before, look(shop, heard_us=HEARD_US)) == Compared(0, 1, [])
    (found,) = since(before, look(shop)).differences
    assert (found.wrong, found.thing.kind) == (Wrong.MISSING_HERE, MovementKind.PAYMENT)
    assert (found.there, found.here) == ([Money(2_000, "usd")], [])
    assert (found.org, found.purchase) == (admin.org, made["purchase"])
    shop.hear()
    shop.work()
    assert since(before, look(shop)) == Compared(1, 0, [])


def test_a_refund_in_the_range_is_right_whose_payment_was_before_it(shop: Shop) -> None:
    """The money goes back four hours later by the provider's clock, and at once by ours: each range
    has the two of one side only, or one of each."""
    admin, before = shop.new_admin(), look(shop)
    made = bought(shop, admin)
    shop.control("/clock", seconds=4 * HOUR_S)
    done(admin.send("/v1/billing/refunds", {"purchase": made["purchase"]}))
    shop.hear()
    shop.work()
    assert shop.look(admin, made)["status"] == "refunded"
    assert look(shop, around(shop)) == Compared(1, 0, [])
    real_s = int(time.time())
    ours = Range((real_s - HOUR_S) * 10**6, (real_s + HOUR_S) * 10**6)
    assert since(before, look(shop, ours)) == Compared(2, 0, [])


def test_a_refund_that_fails_in_the_end_has_moved_nothing(shop: Shop) -> None:
    admin, before = shop.new_admin(), look(shop)
    made = bought(shop, admin, "4000000000005126")
    done(admin.send("/v1/billing/refunds", {"purchase": made["purchase"]}))
    shop.control("/clock", seconds=4 * HOUR_S)
    shop.hear()
    shop.work()
    assert since(before, look(shop)) == Compared(2, 0, [])
    assert look(shop, around(shop)) == Compared(1, 0, [])


def test_what_differs_is_named(shop: Shop) -> None:
    admin, before = shop.new_admin(), look(shop)
    org = str(admin.org)
    one, two = bought(shop, admin), shop.buy(admin, "20.00")
    database = shop.service.ends.database
    record(database, org, two["purchase"], PaymentPaid("pi_nowhere", Money(2_000, "usd")))

    async def given_back(amount: int) -> str:
        async with shop.account.sdk() as sdk:
            made = await sdk.v1.refunds.create_async(
                {"payment_intent": payment_of(admin, one), "amount": amount}
            )
            return str(made.id)

    other, lost = shop.run(given_back(700)), shop.run(given_back(300))
    wrong = RefundChanged(other, payment_of(admin, one), Money(500, "usd"), RefundState.PAID)
    record(database, org, one["purchase"], wrong)
    found = since(before, look(shop))
    assert {each.thing.id: each.wrong for each in found.differences} == {
        "pi_nowhere": Wrong.MISSING_THERE,
        other: Wrong.OTHER_AMOUNT,
        lost: Wrong.MISSING_HERE,
    }
    amounts = {each.thing.id: (each.here, each.there) for each in found.differences}
    assert amounts[other] == ([Money(-500, "usd")], [Money(-700, "usd")])
    assert amounts["pi_nowhere"] == ([Money(2_000, "usd")], [])
    assert found.equal == 1
