"""The provider's book is compared with ours: nothing differs, or exactly what does is named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest
from typer.testing import CliRunner, Result

from adapters.postgres.connection import DatabaseUrls
from adapters.stripe.paging import AGAIN_S
from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.container import (
    Endpoints,
    Payments,
    PurchaseStore,
    clock_us,
    event_store,
    ledger,
    stripe_given,
)
from api.effects.purchases.reconciliation import Reconciliation
from api.effects.purchases.stripe_purchases import StripePurchases
from api.reconciliation.reconcile import Reconciled, compared, reconcile
from api.reconciliation.reconciler import HEARD_US, Range
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from ledger.purchases.notice import Happening, Money, PaymentPaid, RefundChanged, RefundState
from ledger.purchases.provider import MovementKind
from ledger.purchases.reconciliation import Compared, Wrong
from projections.ports import CallName
from tests.api.served import Api, Json, done
from tests.command_line import app
from tests.processes.purchases.shop import Shop, shop_over

HOUR_S = 3600
DAY_S = 24 * HOUR_S
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
        database = shop.service.ends.database
        return await compared(provider, database, during, heard_us=heard_us)
    finally:
        await payments.close()


def tally(shop: Shop, *arguments: str) -> Result:
    """Run `tally reconcile` as an operator does."""
    environment = {
        "TALLY_DATABASE_URL": shop.service.ends.database.owner,
        "TALLY_CLICKHOUSE_URL": shop.service.ends.clickhouse_url,
        "TALLY_STRIPE_KEY": shop.settings.stripe_key,
        "TALLY_STRIPE_WEBHOOK_SECRET": " ".join(shop.settings.stripe_webhook_secrets),
        "TALLY_STRIPE_URL": shop.settings.stripe_url,
    }
    return CliRunner().invoke(app, ["reconcile", *arguments], env=environment)


def range_of(during: Range) -> list[str]:
    """A range as options."""
    return ["--from", format_time(during.from_us), "--to", format_time(during.until_us)]


def recorded(api: Api, kind: str) -> list[Json]:
    """The facts of a kind in an org."""
    found = done(api.get("/v1/audit/events", type=f"purchases.{kind}"))["data"]
    return [each["body"] for each in found]


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


def test_fees_and_payouts_are_recorded_once_and_all_money_is_in_our_book(shop: Shop) -> None:
    """By twins at once, then again: what the ledger adds up to is what the provider holds."""
    admin, platform = shop.new_admin(), shop.service.operator_of("platform")
    made = bought(shop, admin, "4000000000000259")
    shop.hear()
    shop.work()
    bought(shop, admin)
    shop.control("/fees", amount=7, currency="usd")
    shop.control("/payouts/fail", payout=shop.control("/payouts")["data"][0]["id"])
    shop.control("/payouts")
    assert shop.run(twins(shop)) == [(0, True), (0, True)]
    kept = {each["booking"]["of"]: each["booking"]["money"] for each in _fees(admin, made)}
    assert sorted(each["amount"] for each in kept.values()) == [88, 1_500]
    assert kept[payment_of(admin, made)] == {"amount": 88, "currency": "usd"}
    paid_out = [each["booking"]["money"]["amount"] for each in recorded(platform, "PayoutRecorded")]
    assert (len(paid_out), paid_out[0] + paid_out[1]) == (3, 0)
    (own,) = recorded(platform, "AccountFeeRecorded")
    assert own["booking"]["money"] == {"amount": 7, "currency": "usd"}
    events = shop.service.events()
    assert shop.run(twins(shop)) == [(0, False), (0, False)]
    assert shop.service.events() == events
    with psycopg.connect(shop.service.ends.database.owner) as connection:
        row = connection.execute(
            "SELECT sum(amount) FROM tally.movements WHERE provider = 'stripe'"
        ).fetchone()
    assert row is not None
    assert int(row[0]) == shop.control("", method="GET")["balance"].get("usd", 0) == 0


def _fees(api: Api, purchase: Json) -> list[Json]:
    """The fees of a purchase."""
    history = done(api.get(f"/v1/billing/purchases/{purchase['purchase']}"))
    assert history["status"] == "disputed"
    events = done(api.get("/v1/audit/events", type="purchases.ProcessingFeeRecorded"))["data"]
    stream = f"purchase/{purchase['purchase']}"
    return [each["body"] for each in events if each["stream"] == stream]


async def twins(shop: Shop) -> list[tuple[int, bool]]:
    """Reconcile twice at once; of each, how much differs and whether it has recorded anything."""
    payments = Payments(stripe_given(shop.settings))
    try:
        provider = await payments.provider("stripe")
        database = shop.service.ends.database
        during = await asyncio.to_thread(whole, shop)
        found = await asyncio.gather(
            *(reconcile(provider, database, during, ACTOR) for _ in range(2))
        )
        return [(len(each.compared.differences), bool(each.recorded)) for each in found]
    finally:
        await payments.close()


def test_the_command_says_in_a_line_that_nothing_differs(shop: Shop) -> None:
    bought(shop, shop.new_admin())
    dry = tally(shop, "stripe", *range_of(whole(shop)), "--dry-run")
    assert (dry.exit_code, "To be recorded: 1 fee." in dry.stdout) == (0, True)
    first = tally(shop, "stripe", *range_of(whole(shop)))
    assert (first.exit_code, "Recorded: 1 fee." in first.stdout) == (0, True)
    again = tally(shop, "stripe", *range_of(whole(shop)))
    assert (again.exit_code, len(again.stdout.splitlines())) == (0, 1)
    assert again.stdout.startswith("Nothing differs: ")


def test_what_cannot_be_reconciled_is_said_in_a_sentence(shop: Shop) -> None:
    day = ["--from", "2026-02-01"]
    for arguments, sentence in (
        (["paypal", *day], "provider must be one of manual, stripe."),
        (["manual", *day], "bank transfers are confirmed by a person"),
        (["stripe", "--from", "yesterday"], "--from must be a time in RFC 3339"),
        (["stripe", *day, "--to", "2026-02-30"], "--to is not a moment of the calendar."),
        (["stripe", *day, "--to", "2026-02-01"], "--from must be before --to"),
        (["stripe", "--from", "2999-01-01"], "--from must be before now: give --to"),
    ):
        found = tally(shop, *arguments)
        assert (found.exit_code, found.stderr.count("\n")) == (2, 1), found.output
        assert f"Nothing was reconciled: {sentence}" in found.stderr
    shop.run(shop.account.fail_next(*["unavailable"] * (1 + len(AGAIN_S))))
    away = tally(shop, "stripe", *day)
    assert (away.exit_code, "Stripe answered 503" in away.stderr) == (2, True)


def test_every_night_what_differs_is_an_alarm(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody has paid two days ago by the provider's clock, and nobody has heard of it."""
    made = shop.buy(shop.new_admin(), "20.00")
    shop.control("/clock", seconds=-2 * DAY_S)
    shop.pay(made)
    shop.control("/clock", seconds=2 * DAY_S)
    before = len(caplog.records)
    names = [shop.run(_nightly(shop)) for _ in range(2)]
    assert names[0] == names[1]
    said = [each for each in caplog.records[before:] if each.levelname == "ERROR"]
    assert [each.__dict__["alarm"] for each in said] == [Alarm.RECONCILIATION_DIFFERS] * 2
    assert "what stripe says differs from ours, 1 times: " in said[0].getMessage()
    shop.hear()
    shop.work()
    shop.run(_nightly(shop))
    assert len([each for each in caplog.records[before:] if each.levelname == "ERROR"]) == 2


async def _nightly(shop: Shop) -> CallName:
    """Do what is done every night; return what it is called."""
    payments, database = Payments(stripe_given(shop.settings)), shop.service.ends.database
    states = PurchaseStore(database.writer)
    of_stripe = StripePurchases(payments, states, clock_us)

    async def reconciled(during: Range) -> Reconciled:
        return await reconcile(await of_stripe.provider(), database, during, of_stripe.actor)

    job = Reconciliation(of_stripe, reconciled)
    try:
        (call,) = job.look()
        await job.call(call)
        of_stripe.name = "nobody"
        assert job.look() == []  # who has collected nothing is not asked
        return call.name
    finally:
        states.close()
        await payments.close()


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
