"""Gift cards and store credit of a store: claimed, spent, given back, and open still."""

from __future__ import annotations

from api.commands.command import Command
from tests.scenarios.value_commands import (
    OTHER_CARD,
    adjust,
    claim,
    credit,
    credit_of,
    disable,
    give_back,
    issue,
    settle,
)


def stocked_value() -> list[Command[object]]:
    """Most kinds of facts of stored value, and rows with and without all that one can have."""
    whole = issue(expires="2999-01-01T00:00:00Z", user="ada", order="order-1", note="for Bob")
    return [
        *(whole, issue(700, OTHER_CARD, currency="jpy"), adjust(500), credit(1_000)),
        *(claim("order-2", 2_000), settle("order-2"), give_back("order-2", 500)),
        *(
            claim("order-3", 900),
            claim("order-3", 200, credit_of()),
            settle("order-3", credit_of()),
        ),
        *(claim("order-4", 100, credit_of()), disable(OTHER_CARD)),
    ]
