"""The part of the golden story that is about customers: every fact of them."""

from __future__ import annotations

import msgspec

from api.commands.command import Command
from ledger.customers.customer import Customer
from tests.scenarios.customer_commands import (
    add_address,
    change_address,
    remove_address,
    set_profile,
)

OfCustomers = Customer
"""The aggregate of customers."""


def customers() -> list[Command[object]]:
    """A customer with addresses, one of which goes."""
    return [
        set_profile(),
        add_address(1),
        add_address(2, default=True),
        change_address(1, key="elsewhere"),
        remove_address(2, key="nowhere"),
    ]


def state_of_customers(aggregate: OfCustomers) -> list[object]:
    """What an aggregate of customers remembers."""
    return [aggregate.profile, msgspec.to_builtins(aggregate.book)]
