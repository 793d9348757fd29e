"""What carts promise, on every adapter: one active cart of a user, changes one after another, and
claims of which one wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
import pytest

from ledger.carts.abandoned import AbandonedCarts, AbandonedSweep
from ledger.carts.cart import Addition, Cart, CartLine, CartState, check_open
from ledger.carts.ports import Carts
from ledger.kernel.errors import Conflict, LedgerError
from ledger.kernel.limits import CLAIM_LASTS_US

TWINS, DAY = 16, 86_400_000_000
T = TypeVar("T")


def cart(org: str, number: int = 0, user: str | None = "ada", **fields: object) -> Cart:
    made = Cart(
        org=org,
        id=f"cart_{number:024x}",
        user=user,
        secret_hash=None if user else "hash",
        currency="usd",
        group="trade",
        price_list="spring",
        created_us=1,
        changed_us=1,
        expires_us=DAY,
    )
    return msgspec.structs.replace(made, **fields)


def more(sku: str, version: int | None = None) -> Callable[[Cart], Cart]:
    def change(now: Cart) -> Cart:
        check_open(now, version)
        return now.renewed(now.with_more(Addition(sku, 1, f"key {now.version}")), 2, DAY)

    return change


def at_once(ask: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(TWINS) as threads:
        return list(threads.map(ask, range(TWINS)))


def test_what_is_kept_is_read(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))
    assert carts.read(org, opened.id) == opened == cart(org)
    changed = carts.change(org, opened.id, more("a"))
    assert changed is not None
    assert changed == carts.read(org, opened.id)
    assert (changed.version, changed.units_of("a"), changed.expires_us) == (2, 1, DAY + 2)
    coded = carts.change(org, opened.id, lambda now: now.with_codes(["ONE"]))
    assert coded is not None
    assert (carts.read(org, opened.id) or opened).codes == ["ONE"]
    assert carts.read("another", opened.id) is None
    assert carts.change("another", opened.id, more("a")) is None
    assert not carts.remove("another", opened.id, check_open)


def test_a_user_has_one_cart_in_a_currency_whoever_opens_it(carts: Carts, org: str) -> None:
    opened = at_once(lambda number: carts.open(cart(org, number)))
    assert len({each.id for each in opened}) == 1
    euros = carts.open(cart(org, 99, currency="eur"))
    others = carts.open(cart(org, 98, user="mia"))
    guests = [carts.open(cart(org, 90 + number, user=None)) for number in range(3)]
    assert len({each.id for each in (*opened, euros, others, *guests)}) == 6


def test_an_expired_cart_makes_room_but_one_that_is_claimed_does_not(
    carts: Carts, org: str
) -> None:
    carts.open(cart(org))
    later = cart(org, 1, created_us=DAY, expires_us=2 * DAY)
    assert carts.open(later) == later
    former = carts.read(org, cart(org).id)
    assert former is not None
    assert (former.closed, former.is_there(DAY)) == (True, False)
    carts.claim(org, later.id, 1, "order-1")
    assert carts.open(cart(org, 2, created_us=3 * DAY)).id == later.id


def test_changes_at_once_all_count(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))
    at_once(lambda _: carts.change(org, opened.id, more("a")))
    found = carts.read(org, opened.id)
    assert found is not None
    assert (found.units_of("a"), found.version) == (TWINS, TWINS + 1)


def test_of_changes_of_one_version_one_is_made(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))
    outcomes = at_once(lambda _: _outcome(lambda: carts.change(org, opened.id, more("a", 1))))
    assert Counter(outcomes) == {"done": 1, "conflict": TWINS - 1}


def test_a_change_that_is_refused_leaves_nothing(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))

    def refuse(now: Cart) -> Cart:
        raise Conflict(f"not {now.id}")

    with pytest.raises(Conflict):
        carts.change(org, opened.id, refuse)
    with pytest.raises(Conflict):
        carts.remove(org, opened.id, refuse)
    assert carts.read(org, opened.id) == opened
    assert carts.remove(org, opened.id, check_open)
    assert not carts.remove(org, opened.id, check_open)


def test_a_guests_cart_is_merged_once(carts: Carts, org: str) -> None:
    guest = carts.open(cart(org, 1, user=None))
    carts.change(org, guest.id, more("a"))

    def unite(guests: Cart, users: Cart) -> Cart:
        return users.renewed(users.with_those_of(guests), 3, DAY)

    def merge(number: int) -> Cart | None:
        return carts.merge(org, guest.id, cart(org, 10 + number), unite)

    (united,) = [each for each in at_once(merge) if each is not None]
    assert (united.user, united.units_of("a")) == ("ada", 1)
    assert carts.read(org, united.id) == united == carts.open(cart(org, 50))
    assert carts.read(org, guest.id) is None
    assert carts.merge(org, united.id, cart(org, 51, user="mia"), unite) is None
    again = carts.open(cart(org, 2, user=None))
    with pytest.raises(Conflict):
        carts.merge(org, again.id, cart(org, 3), lambda guests, users: more("a", 9)(users))
    assert carts.read(org, again.id) == again


def test_of_orders_that_claim_a_cart_one_has_it_however_often_it_asks(
    carts: Carts, org: str
) -> None:
    opened = carts.open(cart(org))
    claims = at_once(lambda number: carts.claim(org, opened.id, 1, f"order-{number // 2}"))
    (winner,) = {each.order for each in claims if each is not None}
    assert winner is not None
    again = carts.claim(org, opened.id, 1, winner)
    assert again == carts.read(org, opened.id)
    assert again is not None
    assert (again.order, again.state) == (winner, CartState.CLAIMED)
    assert carts.claim(org, opened.id, 2, winner) == again
    assert carts.claim(org, "cart_none", 1, winner) is None


def test_a_cart_is_claimed_in_the_version_that_it_is_of(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))
    carts.change(org, opened.id, more("a"))
    found = carts.claim(org, opened.id, 1, "order-1")
    assert found is not None
    assert (found.order, found.version) == (None, 2)


def test_of_a_change_and_a_claim_never_both(carts: Carts, org: str) -> None:
    for number in range(6):
        opened = carts.open(cart(org, number, user=f"user-{number}"))

        def ask(place: int, opened: Cart = opened) -> str:
            if place % 2:
                return _outcome(lambda: carts.change(org, opened.id, more("a", 1)))
            claimed = carts.claim(org, opened.id, 1, "order-1")
            return "claimed" if claimed is not None and claimed.order else "missed"

        outcomes = Counter(at_once(ask))
        assert (outcomes["done"], outcomes["claimed"]) in ((1, 0), (0, TWINS // 2))


def test_only_the_order_that_has_a_cart_frees_or_closes_it(carts: Carts, org: str) -> None:
    opened = carts.open(cart(org))
    assert not carts.free(org, opened.id, "order-1")
    carts.claim(org, opened.id, 1, "order-1")
    for order in ("order-2", ""):
        assert not carts.free(org, opened.id, order)
        assert not carts.close(org, opened.id, order)
    assert sum(at_once(lambda _: carts.free(org, opened.id, "order-1"))) == 1
    assert carts.read(org, opened.id) == opened
    carts.claim(org, opened.id, 1, "order-2")
    ends = at_once(
        lambda n: (carts.close if n % 2 else carts.free)(org, opened.id, f"order-{1 + n // 2 % 2}")
    )
    found = carts.read(org, opened.id)
    assert found is not None
    assert (sum(ends) > 0, found.state in (CartState.OPEN, CartState.CLOSED)) == (True, True)


def test_a_closed_cart_is_its_orders_for_ever_and_its_user_opens_another(
    carts: Carts, org: str
) -> None:
    opened = carts.open(cart(org))
    carts.claim(org, opened.id, 1, "order-1")
    assert carts.close(org, opened.id, "order-1")
    assert carts.close(org, opened.id, "order-1")
    assert not carts.free(org, opened.id, "order-1")
    found = carts.claim(org, opened.id, 1, "order-2")
    assert found is not None
    assert (found.order, found.state) == ("order-1", CartState.CLOSED)
    another = carts.open(cart(org, 1))
    assert another.id == cart(org, 1).id


def test_what_has_expired_is_swept_but_not_what_is_claimed(carts: Carts, org: str) -> None:
    now = 10 * DAY  # every cart of these tests has expired by then
    while carts.sweep(now, 100):
        pass
    kept = [carts.open(cart(org, n, user=f"u{n}", expires_us=now + (n == 0))) for n in range(2)]
    carts.claim(org, kept[1].id, 1, "order-1")
    gone = [carts.open(cart(org, n, user=f"u{n}", expires_us=now)) for n in range(2, 7)]
    carts.claim(org, gone[0].id, 1, "order-2")
    carts.close(org, gone[0].id, "order-2")
    assert [carts.sweep(now, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert [carts.read(org, each.id) is None for each in (*kept, *gone)] == [False] * 2 + [True] * 5
    claimed = carts.read(org, kept[1].id)
    assert claimed is not None
    long_after = (claimed.claimed_us or 0) + CLAIM_LASTS_US
    while carts.sweep(long_after - 1, 100):
        pass
    assert carts.read(org, claimed.id) == claimed
    assert carts.sweep(long_after, 100) == 1


def test_what_was_abandoned_is_counted_by_its_day_and_forgotten_once(
    carts: Carts, org: str
) -> None:
    """Two carts of users and one of a guest with something in them; empty ones, one that became an
    order and one that still waits are none."""

    def with_units(number: int, units: int, user: str | None, changed: int = DAY) -> Cart:
        lines = [CartLine("a", units), CartLine("b", 1)]
        return carts.open(cart(org, number, user, lines=lines, changed_us=changed))

    left = [with_units(0, 2, "ada"), with_units(1, 1, "bo"), with_units(2, 4, None, 2 * DAY)]
    carts.open(cart(org, 3, "cy"))
    for number, order in ((4, "closed"), (5, "waits")):
        each = with_units(number, 1, f"u{number}")
        carts.claim(org, each.id, 1, order)
    carts.close(org, cart(org, 4).id, "closed")
    another = carts.open(cart(org, 6, "ada", created_us=DAY, expires_us=9 * DAY))
    assert another.id == cart(org, 6).id  # that of before has expired, and still counts
    while carts.abandon(5 * DAY, f"sweep {org}", 2):
        pass
    assert [each for each in carts.abandoned() if each.org == org] == [
        AbandonedSweep(
            org,
            f"sweep {org}",
            [
                AbandonedCarts("1970-01-02", "usd", 2, 0, 5),
                AbandonedCarts("1970-01-03", "usd", 1, 1, 5),
            ],
        )
    ]
    while carts.sweep(5 * DAY, 100):
        pass
    assert all(carts.read(org, each.id) for each in left)
    carts.forget(org, "another sweep")
    carts.forget(org, f"sweep {org}")
    gone = [carts.read(org, cart(org, number).id) is None for number in range(7)]
    assert gone == [True, True, True, True, True, False, False]
    assert not [each for each in carts.abandoned() if each.org == org]


def _outcome(ask: Callable[[], Cart | None]) -> str:
    try:
        return "none" if ask() is None else "done"
    except LedgerError as refusal:
        return refusal.code
