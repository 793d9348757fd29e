"""Usage is a fact: a shortfall is a visible debt, and the next credit pays it first."""

from __future__ import annotations

from ledger.credits.wallet import Wallet
from ledger.kernel.errors import InsufficientCredits
from tests.scenarios.commands import credits_of, deposit, grant, usage, use
from tests.scenarios.world import World, at


def test_usage_is_recorded_even_below_zero(world: World) -> None:
    world.given(deposit("3", key="d"))
    world.when(usage([use("5", id="u")]))
    world.then_paid_by("purchased 3", debt="2").then_balance("0", debt="2")
    assert world.lines[0].balance_after == -credits_of("2")


def test_usage_without_any_wallet_opens_one_in_debt(world: World) -> None:
    world.when(usage([use("5", id="u")])).then_recorded("WalletOpened", "UsageRecorded")
    world.then_balance("0", debt="5")


def test_reject_refuses_what_the_wallet_cannot_pay(world: World) -> None:
    world.given(deposit("3", key="d"))
    world.when(usage([use("5", id="u", reject=True)])).then_nothing_recorded()
    refusal = world.then_refused(InsufficientCredits)
    assert refusal.facts == {"available": "3", "required": "5", "missing": "2"}
    world.when(usage([use("3", id="u", reject=True)])).then_paid_by("purchased 3")


def test_reject_refuses_any_admission_of_a_wallet_in_debt(world: World) -> None:
    world.given(usage([use("2", id="u1")]))
    world.when(usage([use("1", id="u2", reject=True)]))
    refusal = world.then_refused(InsufficientCredits)
    assert refusal.facts["missing"] == "3"


def test_reject_sees_what_was_charged_earlier_in_the_same_batch(world: World) -> None:
    world.given(deposit("3", key="d"))
    world.when(usage([use("2", id="u1"), use("2", id="u2", reject=True), use("1", id="u3")]))
    world.then_refused(InsufficientCredits)
    assert [line.id for line in world.lines] == ["u1", "u3"]
    world.then_balance("0")


def test_a_refused_use_keeps_its_id_free_for_a_retry_after_a_top_up(world: World) -> None:
    asked = usage([use("5", id="u", reject=True)])
    world.when(asked).then_refused(InsufficientCredits)
    world.given(deposit("5", key="d"))
    world.when(asked).then_paid_by("purchased 5")
    assert not world.command_results[0].replayed


def test_a_deposit_pays_the_debt_first_in_the_same_event(world: World) -> None:
    world.given(usage([use("5", id="u")]))
    world.when(deposit("8", key="d")).then_recorded("CreditsDeposited")
    (fact,) = world.facts
    assert isinstance(fact, Wallet.CreditsDeposited)
    assert (fact.repaid, fact.balance_after) == (credits_of("5"), credits_of("3"))
    world.then_balance("3").then_lots("purchased 3")


def test_a_deposit_smaller_than_the_debt_is_gone_at_once(world: World) -> None:
    world.given(usage([use("5", id="u")]))
    world.when(deposit("2", key="d")).then_balance("0", debt="3").then_lots()


def test_a_grant_pays_the_debt_first(world: World) -> None:
    world.given(usage([use("5", id="u")]))
    world.when(grant("6", "promotional", key="g")).then_recorded("CreditsGranted")
    world.then_lots("promotional 1").then_balance("1")


def test_a_pending_grant_pays_the_debt_when_it_takes_effect(world: World) -> None:
    world.given(
        usage([use("5", id="u")]),
        grant("8", "included", key="g", effective="2026-02-03T00:00:00Z"),
    )
    world.then_balance("0", debt="5", pending="8")
    world.when(at("2026-02-03T00:00:00Z")).then_nothing_recorded().then_balance("3")
    world.when(usage([use("1", id="u2")]))
    world.then_recorded("CreditsTookEffect", "UsageRecorded").then_paid_by("included 1")
    world.then_balance("2")


def test_debt_is_paid_at_the_effective_time_even_when_the_lot_has_expired_since(
    world: World,
) -> None:
    world.given(
        usage([use("5", id="u")]),
        grant(
            "8",
            "included",
            key="g",
            effective="2026-02-03T00:00:00Z",
            expires="2026-02-04T00:00:00Z",
        ),
        at("2026-02-05T00:00:00Z"),
    )
    world.when(usage([use("1", id="u2")]))
    world.then_recorded("CreditsTookEffect", "LotsExpired", "UsageRecorded")
    world.then_balance("0", debt="1")


def test_two_lots_that_take_effect_together_pay_in_burn_order(world: World) -> None:
    start = "2026-02-03T00:00:00Z"
    world.given(
        usage([use("5", id="u")]),
        grant("4", "included", key="1", effective=start),
        grant("4", "promotional", key="2", effective=start),
        at(start),
    )
    world.then_lots("included 3")


def test_statements_add_up_through_debt_and_repayment(world: World) -> None:
    world.given(
        usage([use("5", id="u1")]),
        grant("2", "free", key="g", expires="2026-02-02T00:00:00Z"),
        deposit("10", key="d"),
        grant("1", "free", key="g2", expires="2026-02-02T00:00:00Z"),
        at("2026-02-02T00:00:00Z"),
        usage([use("1.5", id="u2"), use("0.000001", id="u3")]),
    )
    balance = 0
    for each in world.transactions():
        balance += each.amount
        assert each.balance_after == balance
    assert balance == world.balance().total == credits_of("5.499999")
