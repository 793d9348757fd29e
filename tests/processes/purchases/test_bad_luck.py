"""Bad luck with payments: what comes from elsewhere, too late, changed, twice at once, or never."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import Api, Json, done
from tests.processes.purchases.shop import Shop, shop_over

DISPUTED, DECLINES_LATER = "4000000000000259", "4000000000000341"
HOUR_S, DAY_S = 3_600, 86_400


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def paid(shop: Shop, api: Api, amount: str = "20", card: str = "4242424242424242") -> Json:
    """A purchase that is paid."""
    bought = shop.buy(api, amount)
    shop.pay(bought, card)
    shop.catch_up()
    return bought


def pay_elsewhere(shop: Shop, **metadata: str) -> str:
    """Have 20 dollars be paid that no page of ours asked for; return the event that tells it."""

    async def pay() -> None:
        async with shop.account.sdk() as sdk:
            await sdk.v1.payment_intents.create_async(
                {
                    "amount": 2_000,
                    "currency": "usd",
                    "payment_method": "pm_card_visa",
                    "confirm": True,
                    "metadata": metadata,
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                }
            )

    shop.run(pay())
    told = shop.listen()
    for each in told:
        assert shop.tell(each.content, each.signature).is_success
    shop.catch_up()
    events = [json.loads(each.content) for each in told]
    (paid,) = [each["id"] for each in events if each["type"] == "payment_intent.succeeded"]
    return str(paid)


def test_a_payment_made_in_the_dashboard_waits_until_an_operator_says_whose_it_is(
    shop: Shop,
) -> None:
    admin, operator = shop.new_admin(), shop.service.operator
    bought = shop.buy(admin, "20")
    event = pay_elsewhere(shop)
    (parked,) = done(operator.get("/v1/billing/inbox", state="parked"))["data"]
    assert (parked["id"], parked["purchase"]) == (event, None)
    assert "assign it" in parked["why"]
    problem(admin.get("/v1/billing/inbox"), 403, "forbidden", None)
    path = f"/v1/billing/inbox/stripe/{event}/assign"
    place = {"org": admin.org, "purchase": bought["purchase"]}
    problem(admin.send(path, place), 403, "forbidden", None)
    done(operator.send(path, place))
    shop.work()
    assert shop.look(admin, bought)["status"] == "paid"
    assert (shop.has(admin), done(operator.get("/v1/billing/inbox", state="parked"))["data"]) == (
        21_000,
        [],
    )
    problem(operator.send(path, place), 409, "conflict", "id")
    done(operator.send(f"/v1/billing/inbox/stripe/{event}/retry"))
    shop.work()
    assert shop.has(admin) == 21_000


def test_a_payment_that_names_a_purchase_of_another_org_buys_nothing(shop: Shop) -> None:
    one, other = shop.new_admin(), shop.new_admin()
    bought = shop.buy(one, "20")
    event = pay_elsewhere(shop, org=str(other.org), purchase=bought["purchase"])
    path = f"/v1/billing/inbox/stripe/{event}"
    found = done(shop.service.operator.get(path))
    assert found["state"] == "parked", found
    assert shop.look(one, bought)["status"] == "open"
    problem(other.get(f"/v1/billing/purchases/{bought['purchase']}"), 404, "not_found", "id")
    assert (shop.has(one), shop.has(other)) == (0, 0)


def test_what_was_encoded_anew_on_its_way_or_signed_long_ago_is_refused(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = shop.buy(admin, "20")
    shop.pay(bought)
    told = shop.listen()
    for each in told:
        anew = json.dumps(json.loads(each.content)).encode()
        assert anew != each.content
        problem(shop.tell(anew, each.signature), 400, "forged", "Stripe-Signature")
        old = stripe.WebhookSignature.generate_signature_header(
            each.content.decode(), shop.account.secret, int(time.time()) - 301
        )
        problem(shop.tell(each.content, old), 400, "forged", "Stripe-Signature")
    shop.work()
    assert shop.look(admin, bought)["status"] == "open"
    for each in told:
        assert shop.tell(each.content, each.signature).is_success
    shop.work()
    assert (shop.look(admin, bought)["status"], shop.has(admin)) == ("paid", 21_000)


@pytest.mark.parametrize(
    ("currency", "price", "amount", "part", "units"),
    [("jpy", "150", "3000", "1000", 2_000), ("kwd", "0.310", "6.200", "0.310", 5_890)],
)
def test_a_currency_of_no_or_three_decimals_is_bought_with_and_refunded(
    shop: Shop, currency: str, price: str, amount: str, part: str, units: int
) -> None:
    admin = shop.new_admin()
    offers = {"currency": currency, "price": price, "bonuses": []}
    done(admin.send("/v1/billing/offers", offers, method="PUT"))
    bought = shop.buy(admin, amount, currency=currency)
    assert (bought["credits"], bought["amount"]["amount"]) == ("20000", amount)
    shop.pay(bought)
    shop.catch_up()
    assert shop.has(admin) == 20_000
    asked = done(admin.send("/v1/billing/refunds", {**of(bought), "amount": part}))
    assert asked["amount"] == {"amount": part, "currency": currency}
    shop.catch_up()
    assert shop.money(admin, currency.upper()) == units
    too_fine = {**of(bought), "amount": "0.0001"}
    problem(admin.send("/v1/billing/refunds", too_fine), 422, "invalid", "amount")


def test_the_last_digit_of_three_that_stripe_cannot_move_begins_no_payment(shop: Shop) -> None:
    admin = shop.new_admin()
    offers = {"currency": "kwd", "price": "0.310", "bonuses": []}
    done(admin.send("/v1/billing/offers", offers, method="PUT"))
    bought = shop.buy(admin, "6.201", currency="kwd")
    assert (bought["status"], bought["checkout_url"]) == ("failed", None)


def test_more_than_what_is_left_or_twice_at_once_is_not_refunded(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = paid(shop, admin)
    done(admin.use("ada", "1000"))
    above = {**of(bought), "amount": "19.05"}
    problem(admin.send("/v1/billing/refunds", above), 409, "conflict", "amount")
    with ThreadPoolExecutor(2) as threads:
        twins = [threads.submit(admin.send, "/v1/billing/refunds", of(bought)) for _ in range(2)]
        answers = sorted((each.result() for each in twins), key=lambda each: each.status_code)
    assert answers[0].status_code == 201
    problem(answers[1], 409, "conflict", "purchase")
    shop.catch_up()
    assert (shop.has(admin), shop.money(admin)) == (0, 96)


def test_after_its_time_only_an_operator_refunds_and_says_why(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = paid(shop, admin)
    shop.service.let_pass(str(admin.org), 14 * DAY_S)
    closed = admin.send("/v1/billing/refunds", of(bought))
    assert problem(closed, 422, "refund_window_closed", "purchase")["closed_at"]
    over = {**of(bought), "override": True}
    problem(admin.send("/v1/billing/refunds", over), 403, "forbidden", "override")
    operator = shop.service.operator_of(str(admin.org))
    problem(operator.send("/v1/billing/refunds", over), 422, "invalid", "reason")
    done(operator.send("/v1/billing/refunds", {**over, "reason": "a promise"}))
    shop.catch_up()
    assert (shop.look(admin, bought)["status"], shop.money(admin)) == ("refunded", 0)


def test_what_is_disputed_is_not_refunded_until_it_is_won(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = paid(shop, admin, card=DISPUTED)
    assert (shop.look(admin, bought)["status"], shop.has(admin)) == ("disputed", 0)
    problem(admin.send("/v1/billing/refunds", of(bought)), 409, "conflict", "purchase")
    (opened,) = done(admin.get("/v1/audit/events", type="purchases.DisputeOpened"))["data"]
    shop.control("/disputes/decide", dispute=opened["body"]["dispute"], won=True)
    shop.catch_up()
    assert (shop.look(admin, bought)["status"], shop.has(admin)) == ("won", 21_000)
    assert shop.money(admin) == 2_000


def low(shop: Shop, **rule: Any) -> Api:
    """Who has a rule, and 1,000 credits more than it wants."""
    admin = shop.new_admin()
    admin.deposit("ada", "6000")
    shop.set_rule(admin, **rule)
    return admin


def bought_by_rule(admin: Api) -> list[str]:
    """How each purchase of a rule stands."""
    data = done(admin.get("/v1/billing/purchases"))["data"]
    assert {each["begun_by"] for each in data} <= {"rule"}
    return [each["status"] for each in data]


def rule_of(admin: Api) -> Json:
    return done(admin.get("/v1/billing/auto-recharge", user="ada"))


def test_of_64_debits_at_once_one_begins_to_buy(shop: Shop) -> None:
    admin = low(shop)
    done(admin.use("ada", "990"))
    with ThreadPoolExecutor(64) as threads:
        for answer in list(threads.map(lambda _: admin.use("ada", "50"), range(64))):
            done(answer)
    shop.catch_up()
    assert bought_by_rule(admin) == ["paid"]
    assert (shop.has(admin), shop.money(admin)) == (6_000 - 990 - 3_200 + 21_000, 2_000)


def test_one_more_than_the_month_allows_is_told_and_not_bought(shop: Shop) -> None:
    admin = low(shop, max_monthly=2)
    for spent in ("2000", "20500"):
        done(admin.use("ada", spent))
        shop.catch_up()
    done(admin.use("ada", "21000"))
    shop.catch_up()
    assert bought_by_rule(admin) == ["paid", "paid"]
    events = done(admin.get("/v1/audit/events", type="purchases.RechargeLimitReached"))["data"]
    assert len(events) == 1
    done(admin.use("ada", "1"))
    assert rule_of(admin)["bought"] == 2


def test_a_rule_whose_card_is_declined_waits_an_hour_then_a_day_then_it_is_off(shop: Shop) -> None:
    admin = low(shop, card=DECLINES_LATER)
    done(admin.use("ada", "2000"))
    shop.catch_up()
    waits_s = 0
    for tried, (wait_s, early_s) in enumerate([(HOUR_S, 60), (DAY_S, 120)], 1):
        for passed_s, times in ((wait_s - early_s, tried), (wait_s + early_s, tried + 1)):
            shop.service.let_pass(str(admin.org), waits_s + passed_s)
            done(admin.use("ada", "1"))
            shop.catch_up()
            assert bought_by_rule(admin) == ["failed"] * times
        waits_s += wait_s + early_s
    assert rule_of(admin)["stopped"] == "declined"
    assert shop.money(admin) == 0


def test_a_rule_whose_method_was_taken_away_buys_nothing(shop: Shop) -> None:
    """Whether that was told before it was charged, or not."""
    for is_told in (True, False):
        admin = low(shop)
        method = rule_of(admin)["payment_method"]

        async def detach(method: str = method) -> None:
            async with shop.account.sdk() as sdk:
                await sdk.v1.payment_methods.detach_async(method)

        shop.run(detach())
        if is_told:
            shop.catch_up()
            assert rule_of(admin)["stopped"] == "method_removed"
        done(admin.use("ada", "2000"))
        shop.work()
        assert bought_by_rule(admin) == ([] if is_told else ["failed"])
        shop.catch_up()
        assert rule_of(admin)["stopped"] == "method_removed"
        assert (shop.has(admin), shop.money(admin)) == (4_000, 0)


def test_a_page_that_nobody_paid_on_expires(shop: Shop) -> None:
    """The last of these: the sandbox is a day ahead from here on."""
    admin = shop.new_admin()
    bought = shop.buy(admin, "20")
    shop.control("/clock", seconds=DAY_S)
    shop.catch_up()
    assert shop.look(admin, bought)["status"] == "expired"
    assert (shop.has(admin), shop.money(admin)) == (0, 0)
    assert "expired" in shop.run(shop.account.pay(bought["checkout_url"])).text


def of(bought: Json) -> Json:
    return {"purchase": bought["purchase"]}
