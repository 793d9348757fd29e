"""In a shared org a member's own credit (starter, monthly, allocated) pays before the pool."""

from __future__ import annotations

from ledger.kernel.errors import InsufficientCredits, Invalid
from ledger.kernel.limits import AMOUNT_MAX
from tests.scenarios.commands import deposit, grant, usage, use
from tests.scenarios.wallet_commands import (
    DAY,
    HOUR,
    capture,
    place,
    release,
    reverse,
    suspend,
    transfer,
)
from tests.scenarios.world import World, at

POOL = "@pool"
STOCK = deposit("100", key="stock", user=POOL)
STARTER = grant("5", "promotional", key="starter", user="bob", expires="2026-03-03T00:00:00Z")


def spent(amount: str, id: str = "u", *, user: str = "bob", reject: bool = False) -> object:
    return usage([use(amount, id=id, user=user, reject=reject)])


def test_starter_credit_is_spent_before_the_pool(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER).when(spent("2"))  # type: ignore[arg-type]
    shared_world.then_recorded("CreditsSent", "CreditsReceived", "UsageRecorded")
    shared_world.then_paid_by("promotional 2").then_balance("3", owner="bob")
    shared_world.then_balance("100", owner=POOL)
    shared_world.when(spent("4", "v")).then_paid_by("promotional 3", "purchased 1")  # type: ignore[arg-type]
    shared_world.then_balance("0", owner="bob").then_balance("99", owner=POOL)


def test_what_the_pool_pays_alone_is_one_event(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER).when(spent("2", user="ada"))  # type: ignore[arg-type]
    shared_world.then_recorded("UsageRecorded").then_balance("98", owner=POOL)


def test_an_allocation_is_spent_first_too(shared_world: World) -> None:
    shared_world.given(STOCK, transfer("6", giver=POOL, receiver="bob"))
    shared_world.given(spent("4")).then_balance("2", owner="bob")  # type: ignore[arg-type]
    shared_world.then_balance("94", owner=POOL)


def test_each_member_of_a_batch_pays_with_their_own(shared_world: World) -> None:
    other = grant("1", "free", key="free", user="eve")
    lines = [("bob", "3"), ("ada", "1"), ("eve", "2"), ("bob", "3")]
    shared_world.given(STOCK, STARTER, other)
    batch = [use(amount, id=str(n), user=user) for n, (user, amount) in enumerate(lines)]
    shared_world.when(usage(batch))
    shared_world.then_recorded(*["CreditsSent", "CreditsReceived"] * 2, "UsageRecorded")
    paid = [[(part.kind, part.amount) for part in line.lots] for line in shared_world.lines]
    assert paid == [
        [("promotional", 3_000_000)],
        [("purchased", 1_000_000)],
        [("free", 1_000_000), ("purchased", 1_000_000)],
        [("promotional", 2_000_000), ("purchased", 1_000_000)],
    ]
    moved = shared_world.transactions(POOL)
    assert [each.balance_after for each in moved] == [
        sum(each.amount for each in moved[: place + 1]) for place in range(len(moved))
    ]


def test_a_debit_that_own_credit_pays_whole_is_admitted_whatever_the_pool_owes(
    shared_world: World,
) -> None:
    shared_world.given(STARTER, spent("1", "debt", user="ada"))  # type: ignore[arg-type]
    shared_world.given(spent("5", reject=True))  # type: ignore[arg-type]
    shared_world.when(spent("1", "more", reject=True))  # type: ignore[arg-type]
    shared_world.then_refused(InsufficientCredits)
    shared_world.then_balance("0", debt="1", owner=POOL).then_balance("0", owner="bob")


def test_own_credit_and_the_pool_admit_together(shared_world: World) -> None:
    shared_world.given(deposit("2", key="d", user=POOL), STARTER)
    shared_world.when(spent("7.5", reject=True))  # type: ignore[arg-type]
    refusal = shared_world.then_refused(InsufficientCredits)
    assert refusal.facts == {"available": "7", "required": "7.5", "missing": "0.5"}
    shared_world.given(spent("7", reject=True)).then_balance("0", owner=POOL)  # type: ignore[arg-type]


def test_a_hold_takes_of_the_members_own_only_what_the_pool_lacks(shared_world: World) -> None:
    shared_world.given(deposit("2", key="d", user=POOL), STARTER)
    shared_world.when(place("8", user="bob")).then_refused(InsufficientCredits)
    shared_world.given(place("6", user="bob")).then_balance("1", owner="bob")
    shared_world.then_balance("0", held="6", owner=POOL)
    shared_world.given(release()).then_lots("promotional 4", "purchased 2", owner=POOL)


def test_a_capture_is_paid_by_own_credit_then_by_the_hold(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, place("10", user="bob"))
    shared_world.when(capture("7")).then_paid_by("promotional 5", "purchased 2")
    shared_world.then_balance("98", owner=POOL).then_balance("0", owner="bob")


def test_a_late_capture_is_paid_by_own_credit_first(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, place("10", user="bob", lasts_us=HOUR))
    shared_world.given(at("2026-02-01T14:00:00Z"), capture("7"))
    shared_world.then_balance("98", owner=POOL).then_balance("0", owner="bob")


def test_credit_of_an_own_lot_that_expired_pays_nothing(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, place("1", user="bob", lasts_us=7 * DAY))
    shared_world.given(at("2026-03-03T00:00:00Z"), spent("2"))  # type: ignore[arg-type]
    shared_world.then_balance("98", owner=POOL).then_balance("0", owner="bob")


def test_a_debit_goes_back_to_the_pool_to_which_the_credit_went(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, spent("7"))  # type: ignore[arg-type]
    debit = shared_world.command_results[-1].stored_fact.sequence
    shared_world.given(reverse(debit)).then_lots("promotional 5", "purchased 100", owner=POOL)


def test_work_of_a_suspended_member_is_paid_with_their_own(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, suspend(user="bob"), spent("2"))  # type: ignore[arg-type]
    shared_world.then_balance("3", owner="bob")


def test_a_refused_atomic_batch_moves_nothing(shared_world: World) -> None:
    shared_world.given(STARTER)
    lines = [use("2", id="a", user="bob"), use("9", id="b", user="ada", reject=True)]
    shared_world.when(usage(lines, atomic=True)).then_refused(InsufficientCredits)
    shared_world.then_nothing_recorded().then_balance("5", owner="bob")


def test_sent_again_it_is_paid_once(shared_world: World) -> None:
    shared_world.given(STOCK, STARTER, spent("2")).when(spent("2"))  # type: ignore[arg-type]
    assert shared_world.command_results[0].replayed
    shared_world.then_nothing_recorded().then_balance("3", owner="bob")


# -- a wallet holds at most 64 bits --------------------------------------------------------------

MOST, HALF = "9223372036854.775807", "4611686018427.387903"
RICH = grant(MOST, "promotional", key="rich", user="bob")


def test_own_credit_pays_as_far_as_the_pool_can_take_it(shared_world: World) -> None:
    shared_world.given(deposit("9223372036850.775807", key="d", user=POOL), RICH)
    shared_world.when(usage([use("3", id=each, user="bob") for each in "ab"]))
    assert [line.balance_after for line in shared_world.lines] == [
        AMOUNT_MAX - 3_000_000,
        AMOUNT_MAX - 6_000_000,
    ]
    shared_world.then_balance("9223372036850.775807", owner="bob")
    assert max(each.balance_after for each in shared_world.transactions(POOL)) == AMOUNT_MAX


def test_what_the_pool_cannot_take_it_pays_or_owes_itself(shared_world: World) -> None:
    shared_world.given(deposit(HALF, key="d", user=POOL), RICH)
    shared_world.given(usage([use(HALF, id=each, user="bob") for each in "abc"]))
    shared_world.then_balance(HALF, owner="bob")
    shared_world.then_balance("0", debt="4611686018427.387902", owner=POOL)
    assert max(each.balance_after for each in shared_world.transactions(POOL)) == AMOUNT_MAX


def test_a_hold_that_the_pool_has_no_room_for_is_refused(shared_world: World) -> None:
    full = deposit(MOST, key="d", user=POOL)
    shared_world.given(full, RICH, place(MOST, user="ada")).when(place("5", id="k", user="bob"))
    shared_world.then_refused(Invalid, field="amount")
    shared_world.then_nothing_recorded()


def test_a_capture_in_a_full_pool_is_paid_by_the_hold(shared_world: World) -> None:
    full = deposit(MOST, key="d", user=POOL)
    shared_world.given(full, RICH, place(MOST, user="bob")).when(capture("7"))
    shared_world.then_paid_by("purchased 7").then_balance(MOST, owner="bob")
