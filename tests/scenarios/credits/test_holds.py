"""Holds: credit set aside before the work, until exactly one of capture, release and expiry."""

from __future__ import annotations

import pytest

from api.commands.command import Command
from api.commands.credits.hold_result import HoldResult
from ledger.credits.lots import Slice
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import (
    Conflict,
    InsufficientCredits,
    Invalid,
    KeyReused,
    NotFound,
    TooManyHolds,
)
from ledger.kernel.limits import OPEN_HOLDS_MAX
from tests.scenarios.commands import credits_of, deposit, grant, price, publish, usage, use
from tests.scenarios.wallet_commands import DAY, HOUR, capture, extend, place, release
from tests.scenarios.world import World, at

MODEL = "gpt-large"
SOON = "2026-02-01T12:30:00Z"
EXPIRED = "2026-02-01T13:00:00Z"
MIXED = (
    deposit("10", key="paid"),
    grant("5", "promotional", key="promo", expires="2026-03-01T00:00:00Z"),
)


def test_a_hold_sets_credit_aside_in_burn_order(world: World) -> None:
    world.given(*MIXED).when(place("7", reference="request 9")).then_recorded("HoldPlaced")
    world.then_balance("8", held="7").then_lots("promotional 0", "purchased 8")
    (fact,) = world.facts
    assert isinstance(fact, Wallet.HoldPlaced)
    assert [part.amount for part in fact.hold.lots] == [credits_of("5"), credits_of("2")]
    assert (fact.hold.reference, fact.hold.expires_us) == ("request 9", world.clock() + HOUR)
    assert world.transactions()[-1].balance_after == credits_of("15"), "a hold moves no credit"


def test_captured_exactly(world: World) -> None:
    world.given(*MIXED, place("7")).when(capture("7")).then_recorded("HoldCaptured")
    world.then_paid_by("promotional 5", "purchased 2").then_balance("8")


def test_captured_for_less_the_rest_goes_back_to_the_same_lots(world: World) -> None:
    world.given(*MIXED, place("7")).when(capture("1.5"))
    world.then_paid_by("promotional 1.5").then_balance("13.5")
    world.then_lots("promotional 3.5", "purchased 10")


def test_captured_for_more_takes_what_is_available_then_becomes_debt(world: World) -> None:
    world.given(*MIXED, place("7")).when(capture("20"))
    world.then_paid_by("promotional 5", "purchased 2", "purchased 8", debt="5")
    world.then_balance("0", debt="5")


def test_the_extra_of_a_capture_never_takes_what_other_holds_keep(world: World) -> None:
    world.given(deposit("10", key="d"), place("4", id="a"), place("4", id="b"))
    world.when(capture("7", id="a")).then_paid_by("purchased 4", "purchased 2", debt="1")
    world.then_balance("0", held="4", debt="1")


def test_released_everything_goes_back(world: World) -> None:
    world.given(*MIXED, place("7")).when(release()).then_recorded("HoldReleased")
    world.then_balance("15").then_lots("promotional 5", "purchased 10")


def test_expired_everything_goes_back_by_itself(world: World) -> None:
    world.given(*MIXED, place("7"), at(EXPIRED)).then_balance("15")
    world.when(usage([use("1", id="u")])).then_recorded("HoldExpired", "UsageRecorded")
    world.then_lots("promotional 4", "purchased 10")


def test_a_hold_keeps_its_part_of_a_lot_that_expires(world: World) -> None:
    world.given(grant("5", "promotional", key="g", expires=SOON), place("3"), at(SOON))
    world.when(usage([use("1", id="u")])).then_recorded("LotsExpired", "UsageRecorded")
    world.then_balance("0", held="3", debt="1")
    world.when(capture("3")).then_paid_by("promotional 3").then_balance("0", debt="1")


@pytest.mark.parametrize("end", ["release", "capture", "expire"])
def test_what_returns_to_an_expired_lot_expires_in_the_same_event(world: World, end: str) -> None:
    world.given(grant("5", "promotional", key="g", expires=SOON), place("5"), at(SOON))
    ends = {"release": release(), "capture": capture("1"), "expire": at(EXPIRED)}
    world.when(ends[end], *([deposit("1", key="d")] if end == "expire" else []))
    fact = world.facts[0]
    assert isinstance(fact, Wallet.HoldReleased | Wallet.HoldCaptured | Wallet.HoldExpired)
    gone = credits_of("4" if end == "capture" else "5")
    assert [part.amount for part in fact.returned.expired] == [gone]
    world.then_balance("1" if end == "expire" else "0")
    assert world.transactions()[1 if end != "capture" else 2].category == "expiry"


def test_credit_that_returns_pays_the_debt_first(world: World) -> None:
    world.given(deposit("10", key="d"), place("6"), usage([use("7", id="u")]))
    world.then_balance("0", held="6", debt="3")
    world.when(release()).then_recorded("HoldReleased").then_balance("3")
    fact = world.facts[0]
    assert isinstance(fact, Wallet.HoldReleased)
    assert [part.amount for part in fact.returned.repaid] == [credits_of("3")]


def test_several_holds_keep_apart(world: World) -> None:
    world.given(deposit("10", key="d"), place("2", id="a"), place("3", id="b"), place("4", id="c"))
    world.then_balance("1", held="9")
    world.when(release("b"), capture("1", id="a")).then_balance("5", held="4")


@pytest.mark.parametrize("first", [capture("1", key="1"), release(key="1")])
@pytest.mark.parametrize("second", [capture("1", key="2"), release(key="2"), extend(2 * HOUR)])
def test_exactly_one_end_wins(world: World, first: object, second: object) -> None:
    world.given(deposit("10", key="d"), place("2"))
    world.when_together(first, second)  # type: ignore[arg-type]
    world.then_refused(Conflict, field="id")
    assert len(world.events) == 1


def test_ending_a_hold_again_with_the_same_key_is_the_same_end(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), capture("1"))
    world.when(capture("1"), place("2")).then_nothing_recorded()
    assert [result.replayed for result in world.command_results] == [True, True]
    world.when(capture("2")).then_refused(KeyReused)


def test_a_capture_up_to_24_hours_after_the_expiry_is_a_plain_debit(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), at("2026-02-02T12:59:59.999999Z"))
    world.when(capture("3")).then_recorded("HoldExpired", "LapsedHoldCaptured")
    world.then_balance("7").then_paid_by("purchased 3")
    world.when(capture("3", key="again")).then_refused(Conflict, field="id")


def test_a_late_capture_of_an_expiry_that_is_recorded_already(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), at(EXPIRED), usage([use("1", id="u")]))
    world.when(capture("12")).then_recorded("LapsedHoldCaptured")
    world.then_paid_by("purchased 9", debt="3")


@pytest.mark.parametrize("recorded", [True, False])
def test_a_capture_later_than_24_hours_after_the_expiry_is_refused(
    world: World, recorded: bool
) -> None:
    noted = [at(EXPIRED), usage([use("1", id="u")])] if recorded else []
    world.given(deposit("10", key="d"), place("2"), *noted, at("2026-02-02T13:00:00Z"))
    world.when(capture("3")).then_refused(Conflict, field="id")
    world.then_nothing_recorded()


@pytest.mark.parametrize("end", [release(), extend(2 * HOUR)])
def test_an_expired_hold_is_neither_released_nor_extended(world: World, end: object) -> None:
    world.given(deposit("10", key="d"), place("2"), at(EXPIRED))
    world.when(end).then_refused(Conflict, field="id")  # type: ignore[arg-type]


def test_a_hold_is_extended_to_at_most_seven_days_from_its_beginning(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), at(SOON))
    world.when(extend(7 * DAY)).then_refused(Invalid, field="expires_in")
    world.when(extend(HOUR // 2)).then_refused(Invalid, field="expires_in")
    world.given(extend(7 * DAY - HOUR // 2), at("2026-02-08T11:59:59Z"))
    world.then_balance("8", held="2")
    world.given(at("2026-02-08T12:00:00Z")).then_balance("10")


@pytest.mark.parametrize("end", [release(), capture("1"), extend(4 * HOUR, key="once more")])
def test_how_an_extended_hold_was_need_not_be_read(world: World, end: Command[object]) -> None:
    """A gateway extends as it works: each command after that is answered from memory, too."""
    world.given(deposit("10", key="d"), place("2"), extend(3 * HOUR)).when(end)
    (result,) = world.command_results
    assert isinstance(result, HoldResult)
    assert result.before is not None
    assert result.before.expires_us == world.clock() + 3 * HOUR


@pytest.mark.parametrize("lasts_us", [0, -1, 7 * DAY + 1])
def test_a_hold_lasts_more_than_nothing_and_at_most_seven_days(world: World, lasts_us: int) -> None:
    world.given(deposit("10", key="d"))
    world.when(place("2", lasts_us=lasts_us)).then_refused(Invalid, field="expires_in")
    world.given(place("2", id="longest", lasts_us=7 * DAY))


@pytest.mark.reaches("too_many_holds")
def test_a_wallet_has_a_bounded_number_of_open_holds(world: World) -> None:
    world.given(deposit("10", key="d"))
    world.when_together(*(place("0.001", id=f"h{n}") for n in range(OPEN_HOLDS_MAX + 1)))
    world.then_refused(TooManyHolds, field="user")
    world.when(release("h7"), place("1", id="another"))
    assert not world.refusals


def test_more_than_available_is_refused_with_what_is_missing(world: World) -> None:
    world.given(deposit("10", key="d"), place("7", id="first"))
    world.when(place("3.5"))
    refusal = world.then_refused(InsufficientCredits)
    assert refusal.facts == {"available": "3", "required": "3.5", "missing": "0.5"}


def test_a_hold_is_priced_from_the_rate_card(world: World) -> None:
    card = [price(MODEL, "input_tokens", "2.50"), price(MODEL, "output_tokens", "10")]
    world.given(deposit("100", key="d"), publish(card, key="card"))
    world.when(place(model=MODEL, quantities={"input_tokens": 1000, "output_tokens": 400}))
    world.then_balance("93.5", held="6.5")
    world.when(place(id="i", model=MODEL, quantities={"images": 1}))
    assert type(world.refusals[0]).__name__ == "PriceNotFound"
    world.when(place(id="j", model=MODEL, quantities={})).then_refused(Invalid, field="quantities")
    world.when(place(id="k")).then_refused(Invalid, field="amount")


def test_a_capture_with_a_usage_body_writes_line_and_settlement_in_one_event(world: World) -> None:
    world.given(
        deposit("100", key="d"),
        publish([price(MODEL, "output_tokens", "10")], key="card"),
        place("50"),
    )
    tokens = {"output_tokens": 1200}
    world.when(capture(line="u1", model=MODEL, service="chat", quantities=tokens))
    world.then_recorded("HoldCaptured").then_balance("88")
    (line,) = world.lines
    assert (line.id, line.amount, line.quantities) == ("u1", credits_of("12"), tokens)
    assert line.rate is not None
    assert (line.rate.card, line.service) == ("default", "chat")


def test_the_id_of_a_captured_line_is_a_usage_id(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), place("2", id="i"), capture("1", line="u"))
    world.when(usage([use("1", id="u")])).then_refused(KeyReused, field="id")
    world.given(usage([use("1", id="v")]))
    world.when(capture("1", id="i", line="v")).then_refused(Invalid, field="id")


def test_a_captured_line_may_have_the_holds_own_id(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"), capture("1", line="h"))
    world.when(usage([use("1", id="h")])).then_refused(KeyReused, field="id")


def test_of_an_unknown_hold_whose_work_is_recorded_that_is_said_first(world: World) -> None:
    world.given(usage([use("1", id="h")])).when(capture("1")).then_refused(Conflict)


def test_an_unknown_hold_is_not_found(world: World) -> None:
    world.when(capture("1"), release(), extend(HOUR)).then_nothing_recorded()
    assert [type(each) for each in world.refusals] == [NotFound] * 3


def test_in_a_shared_org_the_pool_sets_aside_and_the_member_is_recorded(
    shared_world: World,
) -> None:
    shared_world.given(deposit("10", key="d", user="@pool"), place("4", user="bob"))
    shared_world.then_balance("6", held="4", owner="@pool")
    shared_world.when(capture("3", user="bob")).then_balance("7", owner="@pool")
    assert shared_world.lines[0].user == "bob"


def test_slices_name_the_lots_they_came_from(world: World) -> None:
    world.given(*MIXED).when(place("7"))
    fact = world.facts[0]
    assert isinstance(fact, Wallet.HoldPlaced)
    assert fact.hold.lots[0] == Slice(
        "3-0", fact.hold.lots[0].kind, credits_of("5"), 1772323200000000
    )
