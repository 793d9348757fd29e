"""An order gives what it sells in the commit that confirms it, and all of it, once; what goes back
with money is taken back as far as its money went."""

from __future__ import annotations

import msgspec

from ledger.access.grant_facts import GrantGiven
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import DisputeState, RefundState
from ledger.registry import fact_of
from tests.scenarios.access_commands import (
    CREDITS,
    download,
    grant_row,
    grow_old,
    revoke,
    selling,
    states,
    verify_access,
)
from tests.scenarios.commands import ORG, USER, usage, use
from tests.scenarios.order_commands import (
    CARD,
    cancel,
    disputed,
    order_row,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    status,
    terms,
)
from tests.scenarios.subscription_commands import subscribe
from tests.scenarios.value_commands import credit, credit_of
from tests.scenarios.world import World, at

PACKS = selling(("PACK", 21, 1_000))


def subscription_of(world: World) -> dict[str, object]:
    """What the user holds."""
    (row,) = world.event_store.kept_rows("subscription_states", [(ORG, USER)])
    return {"status": row["status"], "plan": row["plan"]}


def test_credits_are_in_the_wallet_in_the_commit_that_confirms(world: World) -> None:
    world.given(place(agreed=PACKS)).given(paid(amount=21_000))
    names = [type(fact).__name__ for fact in world.facts]
    assert {"OrderConfirmed", "CreditsDeposited", "GrantGiven"} <= set(names)
    world.then_lots("purchased 21000")
    assert grant_row(world)["benefit"] == {"credits": 1_000 * CREDITS}
    world.when(paid(amount=21_000)).then_nothing_recorded()
    assert verify_access(world).exit_code == 0


def test_credits_that_last_a_year_end_with_it(world: World) -> None:
    world.given(place(agreed=selling(("YEAR", 1, 100))), paid(amount=100))
    world.given(at("2027-01-31T00:00:00Z")).then_lots("purchased 1000")
    world.given(at("2027-02-02T00:00:00Z")).then_lots()


def test_units_that_go_back_take_their_credits_and_what_is_spent_is_owed(world: World) -> None:
    world.given(place(agreed=PACKS), paid(amount=21_000), usage([use("20500", id="u1")]))
    world.given(refund(1, AskedLine(1, units=2))).then_balance("0", debt="1500")
    assert grant_row(world)["taken"] == 2_000 * CREDITS
    world.given(refund_told(1, "ref_1", 2_000, RefundState.FAILED)).then_balance("500")
    world.given(refund(1, AskedLine(1, amount=500), id="ref_2")).then_balance("0")
    world.given(refund_told(1, "ref_2", 500)).given(refund(1, id="ref_3"))
    assert grant_row(world)["taken"] == 21_000 * CREDITS
    world.then_balance("0", debt="20500").given(refund_told(1, "ref_3", 20_500))
    assert (states(world), status(world)) == (["revoked"], ("refunded", "refunded"))
    assert verify_access(world).exit_code == 0


def test_credits_go_with_units_whatever_paid_for_them(world: World) -> None:
    """Of 21.000 store credit pays 20.000."""
    values = paid_from(credit_of(), limit=20_000)
    world.given(credit(20_000), place(agreed=PACKS, values=values), paid(amount=1_000))
    world.given(refund(1, AskedLine(1, units=2))).then_balance("19000")
    world.given(refund_told(1, "ref_1", 1_000, RefundState.FAILED)).then_balance("21000")
    world.given(refund(1, AskedLine(1, units=2), id="ref_2"), refund_told(1, "ref_2", 1_000))
    world.then_balance("19000").given(refund(1, id="ref_3")).then_balance("0")
    assert (states(world), status(world)) == (["revoked"], ("refunded", "refunded"))
    assert verify_access(world).exit_code == 0


def test_parts_of_a_line_take_together_what_it_gave(world: World) -> None:
    world.given(place(agreed=selling(("PACK", 1, 999))), paid(amount=999))
    taken = []
    for number, amount in enumerate((333, 100, 566)):
        world.given(refund(1, AskedLine(1, amount=amount), id=f"ref_{number}"))
        taken.append(grant_row(world)["taken"])
    assert taken == [333_333_333, 433_433_433, 1_000 * CREDITS]
    assert verify_access(world).exit_code == 0


def test_a_cancelled_order_takes_all_of_it_back_for_good(world: World) -> None:
    """One that has something to be sent: another is fulfilled already."""
    agreed = selling(("PACK", 2, 100), ("BOOK", 1, 100), ("COURSE", 1, 100), ("MUG", 1, 100))
    world.given(place(agreed=agreed), paid(amount=500), cancel()).then_balance("0")
    assert states(world, lines=3) == ["revoked"] * 3
    world.given(refund_told(1, f"{order_row(world)['id']}-cancel", 500, RefundState.FAILED))
    world.then_balance("0")
    world.when(download(line=2)).then_refused(Conflict, field="grant")
    assert verify_access(world).exit_code == 0


def test_while_a_bank_decides_the_credits_are_taken(world: World) -> None:
    agreed = selling(("PACK", 2, 100), ("BOOK", 1, 800))
    world.given(place(agreed=agreed), paid(), disputed(1, DisputeState.OPEN)).then_balance("0")
    world.given(disputed(1, DisputeState.WON)).then_balance("2000")
    assert states(world, lines=2) == ["active", "active"]
    world.given(place(2, agreed), paid(2))
    world.given(disputed(2, DisputeState.LOST)).then_balance("2000")
    assert states(world, 2, lines=2) == ["revoked", "revoked"]
    assert verify_access(world).exit_code == 0


def test_a_plan_begins_paid_and_ends_with_its_refund(world: World) -> None:
    agreed = selling(("PRO", 1, 1_500))
    world.given(place(agreed=agreed, method=CARD), paid(amount=1_500))
    assert subscription_of(world) == {"status": "active", "plan": "pro"}
    world.then_lots("included 50000")
    world.given(
        usage([use("100", id="u1")]),
        refund(1, AskedLine(1, amount=500)),
        refund_told(1, "ref_1", 500),
    )
    assert (states(world), subscription_of(world)["status"]) == (["active"], "active")
    world.given(refund(1, id="ref_2"), refund_told(1, "ref_2", 1_000)).then_balance("0")
    assert (states(world), subscription_of(world)["status"]) == (["revoked"], "ended")
    assert verify_access(world).exit_code == 0


def test_what_cannot_be_given_is_refused_before_anything_is_paid(world: World) -> None:
    both = selling(("MUG", 1, 1), ("PACK", 1, 1))
    world.when(place(agreed=both, user=None, guest="d")).then_refused(Invalid, field="lines.1.sku")
    huge = selling(("PACK", 10**10, 1))
    world.when(place(agreed=huge)).then_refused(Conflict, field="lines.0.units")
    world.when(place(agreed=selling(("PRO", 2, 1)))).then_refused(Invalid, field="lines.0.units")
    world.when(place(agreed=selling(("TEAM", 1, 1)))).then_refused(Conflict, field="lines.0.sku")
    many = selling(("BOOK", 5_001, 1))
    world.when(place(agreed=many)).then_refused(Invalid, field="lines.0.units")
    unknown = terms(("ELSEWHERE", 1, 1))
    line = msgspec.structs.replace(unknown.lines[0], kind=Kind.CREDITS)
    elsewhere = msgspec.structs.replace(unknown, lines=[line])
    world.when(place(agreed=elsewhere)).then_refused(Invalid, field="lines.0.kind")
    world.given(subscribe("free", method=None)).when(place(agreed=selling(("PRO", 1, 1))))
    world.then_nothing_recorded().then_refused(Conflict, field="lines.0.sku")


def test_credits_of_a_plan_take_room_from_those_beside_it(world: World) -> None:
    most = AMOUNT_MAX // (1_000 * CREDITS)
    full = selling(("PRO", 1, 1), ("PACK", most, 0))
    world.when(place(agreed=full)).then_refused(Conflict, field="lines.1.units")
    less = selling(("PRO", 1, 1), ("PACK", most - 50, 0))
    world.given(place(2, less), paid(2, 1))
    assert (status(world, 2)[0], states(world, 2, lines=2)) == ("fulfilled", ["active"] * 2)
    assert verify_access(world).exit_code == 0


def test_money_for_what_cannot_be_given_any_more_goes_back(world: World) -> None:
    """Two orders of a plan: one begins it."""
    agreed = selling(("PRO", 1, 1_000))
    world.given(place(1, agreed), place(2, agreed), paid(1), paid(2))
    assert (status(world, 1)[0], status(world, 2)[0]) == ("fulfilled", "payment_failed")
    events = world.event_store.select_positions(0, 1_000)
    assert sum(isinstance(fact_of(each), GrantGiven) for each in events) == 1
    assert verify_access(world).exit_code == 0


def test_a_file_is_downloaded_as_often_as_was_bought(world: World) -> None:
    world.given(place(agreed=selling(("BOOK", 2, 500)), user=None, guest="d"), paid())
    world.given(*[download()] * 4).when(download()).then_refused(Conflict, field="grant")
    assert grant_row(world)["used"] == 4
    world.when(download(line=2)).then_refused(NotFound, field="id")
    assert verify_access(world).exit_code == 0


def test_access_ends_by_time_by_a_person_or_with_its_money(world: World) -> None:
    lines = [("COURSE", 1, 100), ("COURSE", 1, 100), ("PACK", 1, 100), ("COURSE", 2, 100)]
    world.given(place(agreed=selling(*lines)), paid(amount=500))
    world.given(revoke(line=2, reason="shared it")).when(revoke(line=3))
    world.then_refused(Conflict, field="grant")
    world.when(revoke(line=2)).given(refund(1, AskedLine(4, units=1)))
    world.given(refund_told(1, "ref_1", 100))
    assert states(world, lines=4) == ["active", "revoked", "active", "active"]
    world.given(refund(1, AskedLine(4), id="ref_2"), refund_told(1, "ref_2", 100))
    world.given(grow_old(), at("2026-03-03T12:00:00Z"), grow_old())
    assert states(world, lines=4) == ["expired", "revoked", "active", "revoked"]
    assert verify_access(world).exit_code == 0


def test_what_was_not_given_is_found(world: World) -> None:
    world.given(place(agreed=PACKS), paid(amount=21_000))
    assert verify_access(world, without=GrantGiven).exit_code == 1
