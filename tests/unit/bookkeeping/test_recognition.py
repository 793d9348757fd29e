"""What months earn, worked by hand: the arithmetic stands beside each."""

from __future__ import annotations

from ledger.bookkeeping.recognition import BREAKAGE, Billed, Earned, Recognition
from ledger.kernel.times import month_after
from tests.scenarios.commands import us

DEFERRED, EARNED = "Liabilities:Deferred:Subscriptions", "Income:Subscriptions"
BOUGHT, USED = "Liabilities:Deferred:Purchases", "Income:Purchases"
LOT = ("ada", "credit", "1-0")


def moment(day: str) -> int:
    found = us(f"{day}T00:00:00Z")
    assert found is not None
    return found


def line(net: int, since: str, until: str, left: int | None = None) -> Billed:
    left = net if left is None else left
    return Billed("usd", "Subscriptions", "pro", net, left, moment(since), moment(until))


def receipt(net: int, purchase: str = "p") -> Billed:
    return Billed("usd", "Purchases", purchase, net, 0, 0, 0)


def subscribed(amount: int) -> list[Earned]:
    return [Earned("usd", DEFERRED, EARNED, amount)]


def used(amount: int, account: str = BOUGHT) -> list[Earned]:
    return [Earned("usd", account, USED, amount)]


def test_a_period_over_two_months_is_earned_by_the_second() -> None:
    known = Recognition()
    known.bill(line(3_100, "2026-01-10", "2026-02-10"))  # 31 days, 100 cents a day
    assert known.close(month_after("2026-01")) == subscribed(2_200)  # the 10th to the 31st: 22 days
    assert known.deferred == {("usd", DEFERRED): 900}
    assert known.close(month_after("2026-02")) == subscribed(900)
    assert known.deferred == {}


def test_a_year_with_a_leap_day_has_366_days() -> None:
    known = Recognition()
    known.bill(line(36_600, "2028-01-15", "2029-01-15"))
    assert known.close(month_after("2028-01")) == subscribed(1_700)
    assert known.close(month_after("2028-02")) == subscribed(2_900)
    assert known.close(month_after("2028-12")) == subscribed(36_600 - 4_600 - 1_400)
    assert known.close(month_after("2029-01")) == subscribed(1_400)


def test_what_is_taken_back_of_time_to_come_is_earned_no_more() -> None:
    known = Recognition()
    known.bill(line(3_000, "2026-04-01", "2026-05-01"))
    known.bill(line(-1_000, "2026-04-21", "2026-05-01"))  # ten days are not used
    assert known.close(month_after("2026-04")) == subscribed(2_000)


def test_what_is_taken_back_of_time_that_has_passed_is_so_at_once() -> None:
    known = Recognition()
    known.bill(line(3_000, "2026-04-01", "2026-05-01"))
    assert known.close(month_after("2026-04")) == subscribed(3_000)
    known.bill(line(-500, "2026-05-20", "2026-05-01", left=0))
    assert known.close(month_after("2026-05")) == subscribed(-500)


def test_an_invoice_that_is_made_void_has_earned_nothing() -> None:
    known = Recognition()
    known.bill(line(3_000, "2026-04-16", "2026-05-16"))  # 15 of 30 days in April
    assert known.close(month_after("2026-04")) == subscribed(1_500)
    known.bill(line(-3_000, "2026-04-16", "2026-05-16"))
    assert known.close(month_after("2026-05")) == subscribed(-1_500)
    assert known.deferred == {}


def test_a_third_of_a_lot_each_time_comes_to_all_that_was_paid() -> None:
    known = Recognition()
    known.bill(receipt(1_000))
    assert known.deferred == {("usd", BOUGHT): 1_000}
    known.buy(LOT, 3, 1_190, "usd", "p")  # with 190 of tax
    for month, share in (("2026-01", 333), ("2026-02", 334), ("2026-03", 333)):
        known.use(LOT, used=1)
        assert known.close(month_after(month)) == used(share)
    assert known.deferred == {}


def test_what_expires_is_breakage() -> None:
    known = Recognition()
    known.buy(LOT, 100, 1_000, "usd")  # without a receipt: the money is where the purchase put it
    known.use(LOT, used=25, expired=75)
    assert known.close(month_after("2026-01")) == [
        Earned("usd", "Equity:Conversion", BREAKAGE, 750),
        *used(250, "Equity:Conversion"),
    ]


def test_a_refund_leaves_what_was_used() -> None:
    known = Recognition()
    known.buy(LOT, 100, 1_000, "usd", "p")
    known.bill(receipt(1_000))
    known.use(LOT, used=40)
    assert known.close(month_after("2026-01")) == used(400)
    known.use(LOT, returned=60)
    known.bill(receipt(-600))
    assert known.close(month_after("2026-02")) == []
    assert known.deferred == {}


def test_credits_that_are_taken_meanwhile_earn_nothing_until_their_money_is_lost() -> None:
    known = Recognition()
    known.buy(LOT, 100, 1_000, "usd", "p")
    known.use(LOT, used=10, taken=90)
    assert known.close(month_after("2026-01")) == used(100, "Equity:Conversion")
    known.lose("p")  # Expenses:Disputes has the loss; nobody is owed anything any more
    assert known.close(month_after("2026-02")) == used(900, "Equity:Conversion")


def test_credits_that_come_back_to_a_lot_that_was_used_up_are_earned_once_more_only() -> None:
    known = Recognition()
    known.buy(LOT, 100, 1_000, "usd", "p")
    known.use(LOT, used=100)
    assert known.close(month_after("2026-01")) == used(1_000, "Equity:Conversion")
    known.use(LOT, taken=-100)  # other credits have paid for it
    assert known.close(month_after("2026-02")) == used(-1_000, "Equity:Conversion")
    known.use(LOT, used=100)
    assert known.close(month_after("2026-03")) == used(1_000, "Equity:Conversion")


def test_credits_of_another_wallet_are_earned_where_they_came_from() -> None:
    known = Recognition()
    known.buy(("@pool", "credit", "1-0"), 100, 1_000, "usd", "p")
    known.send("@pool", "credit", "ada", ["1-0"])
    known.receive("@pool", "credit", "ada", ["2-0"])
    known.use(("ada", "credit", "2-0"), used=50)
    known.use(("ada", "credit", "9-0"), used=7)  # a lot that nobody has paid for
    assert known.close(month_after("2026-01")) == used(500, "Equity:Conversion")
