"""The cart: lines of SKUs and codes that somebody may order, in versions; it holds no truth.

A cart is a row and never an event: it promises nothing to anyone, and nobody needs to know later
what once lay in it. What an order is made of is frozen in the order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

from ledger.kernel.errors import Conflict, Invalid, KeyReused, NotFound
from ledger.kernel.limits import (
    CART_ADDITIONS_MAX,
    CART_LINES_MAX,
    CLAIM_LASTS_US,
    CODES_PER_ORDER_MAX,
    UNITS_MAX,
)

_CART = re.compile(r"cart_[0-9a-f]{24}")

Chosen: TypeAlias = tuple[str, str | None]
"""A SKU, and which slot of it where it is an appointment: what stands in a cart once."""


class CartState(StrEnum):
    """Whether a cart can be changed, is claimed by an order, or has become one."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class CartLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """So many units of a SKU, or of one `slot` of an appointment."""

    sku: str
    units: int
    slot: str | None = None

    @property
    def chosen(self) -> Chosen:
        """What it is of."""
        return self.sku, self.slot


class Addition(NamedTuple):
    """So many units more of a SKU, or of one slot, asked for under an idempotency key."""

    sku: str
    units: int
    key: str
    slot: str | None = None

    @property
    def chosen(self) -> Chosen:
        """What there is to be more of."""
        return self.sku, self.slot

    @property
    def of_key(self) -> str:
        """The digest of its key."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    @property
    def digest(self) -> str:
        """The digest of its key, and of what it adds."""
        what = f"{self.sku} {self.units}" + (f" {self.slot}" if self.slot else "")
        return self.of_key + hashlib.sha256(what.encode()).hexdigest()[:32]


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A cart. It is a `user`'s, or else a guest's, who has the secret with this hash. `group` of
    customers and `price_list`: by which it is priced; `added`: digests of what was added lately,
    so that it is added once; `order`: that it is claimed by, or has become."""

    org: str
    id: str
    currency: str
    created_us: int
    changed_us: int
    expires_us: int
    user: str | None = None
    secret_hash: str | None = None
    group: str | None = None
    price_list: str | None = None
    lines: list[CartLine] = []
    codes: list[str] = []
    added: list[str] = []
    version: int = 1
    order: str | None = None
    claimed_us: int | None = None
    closed: bool = False

    @property
    def state(self) -> CartState:
        """What may be done with it."""
        if self.closed:
            return CartState.CLOSED
        return CartState.OPEN if self.order is None else CartState.CLAIMED

    @property
    def is_abandoned(self) -> bool:
        """Whether something lies in it that became no order, as far as the cart knows."""
        return bool(self.lines) and not (self.closed and self.order is not None)

    def is_there(self, at_us: int) -> bool:
        """Tell whether it has not expired; one that is claimed waits for its order."""
        if self.state is CartState.CLAIMED and at_us < (self.claimed_us or 0) + CLAIM_LASTS_US:
            return True
        return at_us < self.expires_us

    def units_of(self, sku: str, slot: str | None = None) -> int:
        """Return how many of a SKU, or of a slot, lie in it."""
        return next((line.units for line in self.lines if line.chosen == (sku, slot)), 0)

    def with_units(self, sku: str, units: int, slot: str | None = None) -> Cart:
        """Return it with so many units of a SKU, or of a slot; zero takes the line out. Raises
        Invalid."""
        if units > UNITS_MAX:
            raise Invalid(
                f"units must come to at most {UNITS_MAX} of a SKU in a cart.", field="units"
            )
        line = CartLine(sku, units, slot)
        lines = [line if each.chosen == line.chosen else each for each in self.lines]
        if line not in lines:
            lines.append(line)
        lines = [each for each in lines if each.units]
        if len(lines) > CART_LINES_MAX:
            raise Invalid(f"a cart has at most {CART_LINES_MAX} lines.", field="sku")
        return msgspec.structs.replace(self, lines=lines)

    def has_added(self, addition: Addition) -> bool:
        """Tell whether an addition was made lately. Raises KeyReused where its key came with
        another."""
        for each in self.added:
            if each.startswith(addition.of_key):
                if each != addition.digest:
                    raise KeyReused(
                        "this Idempotency-Key came with another addition: give a new one.",
                        field="Idempotency-Key",
                    )
                return True
        return False

    def with_more(self, addition: Addition) -> Cart:
        """Return it with so many units more of a SKU, and the addition kept in mind, with a hundred
        before it. Raises Invalid."""
        units = self.units_of(*addition.chosen) + addition.units
        more = self.with_units(addition.sku, units, addition.slot)
        added = [*self.added, addition.digest][-CART_ADDITIONS_MAX:]
        return msgspec.structs.replace(more, added=added)

    def with_codes(self, codes: Iterable[str]) -> Cart:
        """Return it with these codes, each once, in place of those it had."""
        return msgspec.structs.replace(self, codes=list(dict.fromkeys(codes)))

    def with_those_of(self, guest: Cart) -> Cart:
        """Return it with the lines and codes of a guest's cart beside its own: units add up, to no
        more than a line can have. Raises Conflict where both together are too many."""
        if guest.currency != self.currency:
            raise Conflict(f"that cart is in {self.currency}, not in {guest.currency}.", field="id")
        units = {line.chosen: line.units for line in self.lines}
        for line in guest.lines:
            units[line.chosen] = min(units.get(line.chosen, 0) + line.units, UNITS_MAX)
        lines = [CartLine(sku, count, slot) for (sku, slot), count in units.items()]
        codes = list(dict.fromkeys([*self.codes, *guest.codes]))
        _check_together(lines, CART_LINES_MAX, "lines")
        _check_together(codes, CODES_PER_ORDER_MAX, "codes")
        return msgspec.structs.replace(self, lines=lines, codes=codes)

    def renewed(self, changed: Cart, at_us: int, lasts_us: int) -> Cart:
        """Return what it was changed to as its next version, which lasts from now on; itself where
        nothing has changed."""
        if (changed.lines, changed.codes) == (self.lines, self.codes):
            return self
        return msgspec.structs.replace(
            changed,
            version=self.version + 1,
            changed_us=at_us,
            expires_us=max(self.expires_us, at_us + lasts_us),
        )


def check_open(cart: Cart, version: int | None = None, field: str = "id") -> None:
    """Raise Conflict where a cart cannot be changed now, or is of another version than the one that
    its change is for."""
    if cart.state is CartState.CLAIMED:
        raise Conflict(
            f"the order {cart.order} is being made of this cart: wait for it, or cancel it.",
            field=field,
        )
    if cart.state is CartState.CLOSED:
        raise Conflict(
            f"this cart has become the order {cart.order}: open another one.", field=field
        )
    if version not in (None, cart.version):
        raise Conflict(
            f"the cart is of version {cart.version} now: look at it again.", field="version"
        )


def is_cart_id(text: str) -> bool:
    """Tell whether a text can be the id of a cart."""
    return _CART.fullmatch(text) is not None


def cart_id(random: bytes) -> str:
    """Return the id of a cart, from 12 random bytes: nobody guesses it."""
    return f"cart_{random.hex()}"


def no_such_cart(field: str = "id") -> NotFound:
    """Return what is raised where there is no cart of an id, or none for who asks."""
    return NotFound("there is no cart of that id.", field=field)


def _check_together(what: list[CartLine] | list[str], limit: int, called: str) -> None:
    if len(what) > limit:
        raise Conflict(
            f"both carts together have more than {limit} {called}: take some out first.",
            field="id",
        )
