"""The arithmetic of a cart, by hand."""

from __future__ import annotations

import msgspec
import pytest

from ledger.carts.cart import Addition, Cart, CartLine, CartState, check_open
from ledger.kernel.errors import Conflict, Invalid, KeyReused
from ledger.kernel.limits import CART_ADDITIONS_MAX, CART_LINES_MAX, CODES_PER_ORDER_MAX, UNITS_MAX

DAY = 86_400_000_000
EMPTY = Cart(
    org="acme", id="cart_1", currency="usd", created_us=0, changed_us=0, expires_us=7 * DAY
)


def filled(count: int, prefix: str = "s") -> Cart:
    cart = EMPTY
    for number in range(count):
        cart = cart.with_units(f"{prefix}{number}", 1)
    return cart


def test_a_sku_stands_once_where_it_was_put_first() -> None:
    cart = (
        EMPTY.with_more(Addition("a", 2, "k"))
        .with_more(Addition("b", 1, "k"))
        .with_more(Addition("a", 3, "k"))
        .with_units("b", 7)
    )
    assert cart.lines == [CartLine("a", 5), CartLine("b", 7)]
    assert cart.with_units("a", 0).lines == [CartLine("b", 7)]
    assert EMPTY.with_units("a", 0) == EMPTY


def test_no_line_and_no_cart_grows_beyond_its_limit() -> None:
    assert EMPTY.with_more(Addition("a", UNITS_MAX, "k")).units_of("a") == UNITS_MAX
    with pytest.raises(Invalid, match="at most 1000000000 of a SKU"):
        EMPTY.with_more(Addition("a", UNITS_MAX, "k")).with_more(Addition("a", 1, "k"))
    full = filled(CART_LINES_MAX)
    assert full.with_more(Addition("s0", 1, "k")).units_of("s0") == 2
    with pytest.raises(Invalid, match="at most 100 lines") as refused:
        full.with_more(Addition("more", 1, "k"))
    assert refused.value.field == "sku"


def test_an_addition_is_known_by_its_key_while_it_is_among_the_last_hundred() -> None:
    first = Addition("a", 1, "first")
    cart = EMPTY.with_more(first)
    assert cart.has_added(first)
    assert not cart.has_added(first._replace(key="second"))
    for other in (first._replace(units=2), first._replace(sku="b")):
        with pytest.raises(KeyReused):
            cart.has_added(other)
    for number in range(CART_ADDITIONS_MAX):
        assert cart.has_added(first)
        cart = cart.with_more(Addition("a", 1, f"key {number}"))
    assert (cart.has_added(first), len(cart.added)) == (False, CART_ADDITIONS_MAX)


def test_units_of_two_carts_add_up_and_codes_are_united() -> None:
    user = EMPTY.with_more(Addition("a", UNITS_MAX - 1, "k")).with_codes(["ONE", "TWO", "ONE"])
    guest = (
        EMPTY.with_more(Addition("b", 2, "k"))
        .with_more(Addition("a", 5, "k"))
        .with_codes(["TWO", "THREE"])
    )
    both = user.with_those_of(guest)
    assert both.lines == [CartLine("a", UNITS_MAX), CartLine("b", 2)]
    assert both.codes == ["ONE", "TWO", "THREE"]


def test_slots_of_one_sku_are_lines_of_their_own_also_when_carts_are_merged() -> None:
    ten, noon = Addition("hour", 1, "k", "studio.10"), Addition("hour", 2, "k", "studio.12")
    cart = EMPTY.with_more(ten).with_more(noon).with_more(ten)
    assert cart.lines == [CartLine("hour", 2, "studio.10"), CartLine("hour", 2, "studio.12")]
    assert [cart.units_of("hour"), cart.units_of(*noon.chosen)] == [0, 2]
    guest = EMPTY.with_more(noon).with_more(Addition("hour", 1, "k", "studio.9"))
    both = cart.with_those_of(guest)
    assert both.lines == [
        CartLine("hour", 2, "studio.10"),
        CartLine("hour", 4, "studio.12"),
        CartLine("hour", 1, "studio.9"),
    ]
    assert both.with_units("hour", 0, "studio.12").lines == [both.lines[0], both.lines[2]]
    with pytest.raises(KeyReused):
        cart.has_added(ten._replace(slot="studio.12"))


def test_what_does_not_fit_together_is_refused_rather_than_lost() -> None:
    with pytest.raises(Conflict, match="more than 100 lines"):
        filled(60).with_those_of(filled(60, "t"))
    assert len(filled(60).with_those_of(filled(60)).lines) == 60
    codes = [f"C{number}" for number in range(CODES_PER_ORDER_MAX)]
    with pytest.raises(Conflict, match="more than 20 codes"):
        EMPTY.with_codes(codes).with_those_of(EMPTY.with_codes(["MORE"]))


def test_a_change_is_a_version_and_what_changes_nothing_is_none() -> None:
    changed = EMPTY.renewed(EMPTY.with_more(Addition("a", 1, "k")), DAY, 30 * DAY)
    assert (changed.version, changed.changed_us, changed.expires_us) == (2, DAY, 31 * DAY)
    assert changed.renewed(changed.with_units("a", 1), 2 * DAY, 30 * DAY) is changed


def test_who_claims_it_is_named_and_only_what_is_claimed_outlives_its_time() -> None:
    claimed = msgspec.structs.replace(EMPTY, order="order-1", claimed_us=7 * DAY)
    closed = msgspec.structs.replace(claimed, closed=True)
    states = [each.state for each in (EMPTY, claimed, closed)]
    assert states == [CartState.OPEN, CartState.CLAIMED, CartState.CLOSED]
    there = [each.is_there(7 * DAY) for each in (EMPTY, claimed, closed)]
    assert (EMPTY.is_there(7 * DAY - 1), there) == (True, [False, True, False])
    assert [claimed.is_there(day * DAY) for day in (36, 37)] == [True, False]
    for each in (claimed, closed):
        with pytest.raises(Conflict, match="order-1"):
            check_open(each)
    with pytest.raises(Conflict, match="of version 1 now") as refused:
        check_open(EMPTY, 2)
    assert refused.value.field == "version"
    check_open(EMPTY, 1)
