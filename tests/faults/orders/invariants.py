"""Invariants of orders: each has its money and its stock, or neither, whatever has died meanwhile.

Each says how often it was broken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from ledger.ordering.order_payment_name import payment_name
from tests.faults.orders.errands import Kind
from tests.faults.orders.shop import (
    CREDIT_CENTS,
    FIRST,
    GIFT,
    LOCATIONS,
    UNTRACKED,
    limits,
    stock,
)
from tests.faults.orders.told import ToldOfOrders
from tests.faults.purchases.invariants import Left as LeftOfPurchases
from tests.faults.purchases.invariants import journal, not_reconciled, not_verified, parked, said
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

STRIPE, MANUAL = "Assets:Processor:Stripe", "Assets:Processor:Manual"

ENDS = {
    Kind.UNPAID: {"payment_failed"},
    Kind.CANCELLED: {"cancelled"},
    Kind.PAID_AFTERWARDS: {"cancelled"},
    Kind.RACED: {"cancelled"},
    Kind.ROBBED: {"confirmed", "payment_failed"},
    Kind.SAVED_DECLINED: {"payment_failed"},
    Kind.TRANSFER_RACED: {"cancelled"},
    Kind.TRANSFER_UNPAID: {"cancelled"},
    Kind.REFUNDED: {"refunded"},
    Kind.IN_PARTS: {"refunded"},
    Kind.UNITS: {"confirmed", "fulfilled", "refunded"},
    Kind.LATE: {"refunded"},
    Kind.COMES_BACK: {"confirmed", "refunded"},
    Kind.SENT_BACK: {"cancelled"},
    Kind.CAPTURE_RACED: {"confirmed", "cancelled"},
}
"""How orders may stand in the end; all others are confirmed."""

BOUGHT = ("confirmed", "fulfilled", "refunded")
"""Nobody ships: one of which every unit went back, and not what sending it costs, is fulfilled."""

_ROWS = """
SELECT id, number, status, payment_status, total, stored_value, refunded, provider, cart
  FROM tally.order_states WHERE org = %s
"""
_PLACED = """
SELECT stream, convert_from(body, 'UTF8')::jsonb -> 'terms' FROM tally.events
 WHERE org = %s AND type = 'ordering.OrderPlaced'
"""
_PAID_BACK = """
SELECT stream, line ->> 'sku', sum((line ->> 'units')::bigint)::bigint
  FROM tally.events, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'lines') line
 WHERE org = %s AND type = 'ordering.OrderRefundPaid'
 GROUP BY 1, 2
"""
_RESERVED = """
SELECT owner, sku, sum(reserved)::bigint FROM tally.stock_reservations
 WHERE org = %s AND reserved > 0 GROUP BY owner, sku
"""
_SPENT = """
SELECT order_id, settled, given_back FROM tally.stored_value_settlements WHERE org = %s
"""
_CREDIT = """
SELECT coalesce(sum(balance), 0)::bigint, coalesce(sum(claimed), 0)::bigint
  FROM tally.stored_values WHERE org = %s
"""
_LEVELS = "SELECT sku, location, on_hand, reserved FROM tally.stock_levels WHERE org = %s"


class Row(NamedTuple):
    """An order as the ledger has it; money in cents. `stored_value`: what store credit pays."""

    order: str
    number: str | None
    status: str
    payment_status: str
    total: int
    stored_value: int
    refunded: int
    provider: str | None
    cart: str | None


@dataclass(frozen=True)
class Left:
    """What a campaign of so many errands has left, and what its customers were told."""

    world: World
    org: str
    book: SandboxBook
    told: ToldOfOrders
    wanted: int

    @cached_property
    def rows(self) -> list[Row]:
        """Every order."""
        return [Row(*row) for row in self.world.ask(_ROWS, self.org)]

    @cached_property
    def placed(self) -> list[tuple[str, dict[str, Any]]]:
        """Every order that was placed, with its terms."""
        rows = self.world.ask(_PLACED, self.org)
        return [(stream.rpartition("/")[2], terms) for stream, terms in rows]

    @cached_property
    def payments(self) -> dict[str, dict[str, Any]]:
        """The payments at the sandbox, by their names."""
        found = self.book.by_purchase()
        return {name: each for name, each in found.items() if each["metadata"]["org"] == self.org}

    @cached_property
    def moved(self) -> dict[str, int]:
        """What has come in and not gone out again for each payment at the sandbox."""
        return self.book.moved()

    @cached_property
    def spent(self) -> dict[str, tuple[int, int]]:
        """What orders have spent of store credit, and what of that has come back."""
        return {order: (out, back) for order, out, back in self.world.ask(_SPENT, self.org)}

    def kept(self, row: Row) -> int:
        """Return the money of an order that is with us, by who has it."""
        if row.provider == "manual":
            is_paid = self.told.placed[row.order] is Kind.TRANSFER
            return row.total - row.stored_value if is_paid else 0
        payment = self.payments.get(payment_name(row.order))
        return 0 if payment is None else self.moved.get(payment["id"], 0)

    @property
    def as_of_purchases(self) -> LeftOfPurchases:
        """The same, for what is asked of any money."""
        return LeftOfPurchases(self.world, self.org, self.book, self.told)


Invariant: TypeAlias = Callable[[Left], int]


def wrong_answers(left: Left) -> int:
    """Return how many answers there may not be."""
    return said("wrong", left.told.wrong)


def not_placed_once(left: Left) -> int:
    """Return how many orders there are more, or fewer, than customers were told of."""
    placed = Counter(order for order, _ in left.placed)
    twice = sum(count != 1 for count in placed.values())
    unknown = placed.keys() ^ left.told.placed.keys()
    return (
        twice + said("not told, or not placed", sorted(unknown)) + abs(len(placed) - len(left.rows))
    )


def in_no_end(left: Left) -> int:
    """Return how many orders stand otherwise than they may."""
    return said(
        "stands otherwise",
        [
            f"{row} of {kind}"
            for row in left.rows
            if row.status not in ENDS.get(kind := left.told.placed[row.order], {"confirmed"})
        ],
    )


def money_in_between(left: Left) -> int:
    """Return how many orders have not the money that they should: one that was bought all that has
    not gone back, any other none."""
    wrong = []
    for row in left.rows:
        out, back = left.spent.get(row.order, (0, 0))
        must = row.total - row.refunded - (out - back)
        is_taken = row.status in BOUGHT and row.payment_status != "authorised"
        must = must if is_taken and row.provider else 0
        if (kept := left.kept(row)) != must:
            wrong.append(f"{row} of {left.told.placed[row.order]} has {kept}, not {must}")
    return said("money", wrong)


def kept_in_between(left: Left) -> int:
    """Return how many orders a bank keeps money for, though they are over or say otherwise, and how
    many say so for which none does."""
    wrong = []
    for row in left.rows:
        payment = left.payments.get(payment_name(row.order))
        is_kept = payment is not None and payment["status"] == "requires_capture"
        if is_kept != (row.payment_status == "authorised") or (
            is_kept and row.status != "confirmed"
        ):
            status = payment and payment["status"]
            wrong.append(f"{row} of {left.told.placed[row.order]}: its payment is {status}")
    print(f"kept: {sum(row.payment_status == 'authorised' for row in left.rows):,} by banks")
    return said("kept", wrong)


def credit_in_between(left: Left) -> int:
    """Return how many orders have spent other store credit than they should, one that was bought
    what it is paid from; and whether some of it is lost, or still set aside."""
    wrong = []
    for row in left.rows:
        out, back = left.spent.get(row.order, (0, 0))
        is_kept = row.status in BOUGHT or not out - back
        if out != (row.stored_value if row.number else 0) or not 0 <= back <= out or not is_kept:
            wrong.append(f"{row} has spent {out}, of which {back} are back")
    ((balance, claimed),) = left.world.ask(_CREDIT, left.org)
    out, back = (sum(each[n] for each in left.spent.values()) for n in (0, 1))
    given = left.told.credited * CREDIT_CENTS
    if balance != given - out + back or claimed:
        wrong.append(
            f"{given} given, {out} spent, {back} back, but {balance} there, {claimed} held"
        )
    print(f"credit: {given:,} cents given, {out:,} spent, {back:,} of them back")
    return said("credit", wrong)


def stock_in_between(left: Left) -> int:
    """Return how many orders hold other stock than they sell, and where units are missing: one that
    is confirmed holds its own but for what was paid back, any other none, and of each SKU all that
    came is there."""
    status = {row.order: row.status for row in left.rows}
    must: Counter[tuple[str, str]] = Counter()
    for order, terms in left.placed:
        for line in terms["lines"] if status[order] == "confirmed" else ():
            if line["sku"] != UNTRACKED:
                must[order, line["sku"]] += line["units"]
    for stream, sku, units in left.world.ask(_PAID_BACK, left.org):
        if must[stream.rpartition("/")[2], sku]:
            must[stream.rpartition("/")[2], sku] -= units
    held = {(owner, sku): units for owner, sku, units in left.world.ask(_RESERVED, left.org)}
    wrong = [
        f"{order} ({status.get(order)}, {left.told.placed.get(order)}) holds "
        f"{held.get((order, sku), 0)} of {sku}, not {must[order, sku]}"
        for order, sku in must.keys() | held.keys()
        if held.get((order, sku), 0) != must[order, sku]
    ]
    reserved: Counter[str] = Counter()
    came = stock(left.wanted)
    levels = left.world.ask(_LEVELS, left.org)
    for sku, location, on_hand, units in levels:
        reserved[sku] += units
        if on_hand != came[sku] or not 0 <= units <= on_hand:
            wrong.append(f"{on_hand} of {sku} at {location}, {units} of them reserved")
    sold: Counter[str] = Counter()
    for (_, sku), units in must.items():
        sold[sku] += units
    wrong += [
        f"{reserved[sku]} of {sku} reserved, {sold[sku]} sold"
        for sku in came
        if reserved[sku] != sold[sku]
    ]
    print(f"stock: sold {dict(sold)} of {len(LOCATIONS)} times {came}")
    return said("stock", wrong)


def carts_otherwise(left: Left) -> int:
    """Return how many carts have other than one living order or none, or say otherwise: one whose
    order has been bought is closed, for ever, and any other is open."""
    bought: defaultdict[str, list[str]] = defaultdict(list)
    for row in left.rows:
        if row.cart is not None:
            bought[row.cart] += [row.order] if row.number else []
    wrong = []
    with left.world.operator() as service:
        for cart, orders in bought.items():
            service.client.headers["Guest-Secret"] = left.told.secrets.get(cart, "")
            found = service.call("GET", f"/v1/carts/{cart}", None, org=left.org)
            says = found["state"], found["order"]
            must = ("closed", orders[0]) if orders else ("open", None)
            if says != must or len(orders) > 1:
                wrong.append(f"{cart} is {says}, and was bought by {orders}")
    print(f"carts: {len(bought):,} ordered, {sum(map(bool, bought.values())):,} of them bought")
    return said("cart", wrong)


def redeemed_otherwise(left: Left) -> int:
    """Return how many promotions are redeemed by other orders than those that have them, or by more
    than may."""
    status = {row.order: row.status for row in left.rows}
    must: Counter[str] = Counter()
    for order, terms in left.placed:
        for each in terms.get("promotions", ()) if status[order] in BOUGHT else ():
            must[each["promotion"]] += 1
    limited, wrong = limits(left.wanted), []
    with left.world.operator() as service:
        for code in (FIRST, GIFT):
            found = service.call("GET", f"/v1/promotions/{code.lower()}", None, org=left.org)
            redeemed = int(str(found["redeemed"]))
            if redeemed != must[code.lower()] or redeemed > limited[code]:
                wrong.append(f"{code} is redeemed {redeemed} times, not {must[code.lower()]}")
    print(f"redeemed: {dict(must)} of {limited}")
    return said("promotion", wrong)


def numbers_missing(left: Left) -> int:
    """Return how many numbers are missing, or are another's, too; what was bought has one."""
    numbers = sorted(int(row.number.rpartition("-")[2]) for row in left.rows if row.number)
    without = [row.order for row in left.rows if row.status in BOUGHT and not row.number]
    return len(set(range(1, len(numbers) + 1)) ^ set(numbers)) + len(without)


def money_otherwise(left: Left) -> int:
    """Return by how many cents the journal has other money than the sandbox, and than came by
    transfers. Of the fees of orders there is nothing in the journal yet."""
    there = sum(left.moved.get(each["id"], 0) for each in left.payments.values())
    by_transfer = sum(left.kept(row) for row in left.rows if row.provider == "manual")
    here: Counter[str] = Counter()
    for row in journal(left.as_of_purchases):
        here[row["account"]] += int(row["units"])
    print(
        f"money: {there:,} cents at the sandbox, {here[STRIPE]:,} here; {by_transfer:,} by "
        f"transfer, {here[MANUAL]:,} here"
    )
    return abs(there - here[STRIPE]) + abs(by_transfer - here[MANUAL])


def not_compared(left: Left) -> int:
    """Return whether `tally compare` finds anything."""
    report = left.world.compare().report
    if report.exit_code:
        print(report.as_dict())
    return int(report.exit_code != 0)


OF_ORDERS: tuple[Invariant, ...] = (
    wrong_answers,
    not_placed_once,
    in_no_end,
    money_in_between,
    kept_in_between,
    credit_in_between,
    stock_in_between,
    carts_otherwise,
    redeemed_otherwise,
    numbers_missing,
    money_otherwise,
    not_compared,
)
OF_ANY_MONEY = (not_reconciled, parked, not_verified)


def broken(left: Left) -> dict[str, int]:
    """Return the invariants that do not hold, and how often."""
    found = {each.__name__: each(left) for each in OF_ORDERS}
    found |= {each.__name__: each(left.as_of_purchases) for each in OF_ANY_MONEY}
    return {name: times for name, times in found.items() if times}
