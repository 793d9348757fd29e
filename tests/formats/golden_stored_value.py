"""The part of the golden story that is about stored value: every fact of it, every field with and
without."""

from __future__ import annotations

from dataclasses import replace

from api.commands.command import Command, KeyedCommand
from ledger.stored_value.settlement import Settlement
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_source import of_gift_card
from tests.formats.story_of_credits import Step
from tests.scenarios.value_commands import (
    ON_CARD,
    OTHER_CARD,
    adjust,
    claim,
    credit,
    credit_of,
    disable,
    enable,
    give_back,
    issue,
    release,
    settle,
    sweep_value,
)

OfStoredValue = StoredValue | Settlement


def groups_of_stored_value() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    return [
        ("2026-05-07T00:00:00Z", [*_value_comes()]),
        ("2026-05-07T12:00:00Z", [sweep_value()]),
        ("2026-05-09T00:00:00Z", [*_value_goes()]),
    ]


def _value_comes() -> list[Command[object]]:
    """A card with everything and one with nothing more than it must have; claims of each kind."""
    whole = issue(expires="2026-05-08T00:00:00Z", user="ada", order="order-1", note="for Bob")
    return _keyed(
        "value comes",
        whole,
        issue(700, OTHER_CARD, currency="jpy"),
        adjust(500),
        credit(1_000, refund_of="order-1"),
        credit(-100),
        claim("order-2", 2_000),
        settle("order-2"),
        claim("order-3", 1_000),
        release("order-3"),
        claim("order-4", 1),
        claim("order-2", 300, credit_of()),
        settle("order-2", credit_of()),
        give_back("order-2", 100, credit_of()),
        claim("order-5", 7, of_gift_card(OTHER_CARD), currency="jpy"),
        disable(),
        enable(),
        disable(OTHER_CARD),
    )


def _value_goes() -> list[Command[object]]:
    """The card is over, and what comes back can be used."""
    return _keyed("value goes", give_back("order-2", 1_500, ON_CARD))


def state_of_stored_value(aggregate: OfStoredValue) -> list[object]:
    """What an aggregate of stored value remembers."""
    if isinstance(aggregate, Settlement):
        return [aggregate.currency, aggregate.settled, aggregate.given_back]
    claims = [[each.order, each.amount, each.ends_us] for each in aggregate.claims.values()]
    card = aggregate.card
    issued = card and [card.amount, card.digest, card.user, card.order, card.note]
    sums = [aggregate.currency, aggregate.stored, aggregate.is_disabled, aggregate.expires_us]
    return [*sums, claims, issued]


def _keyed(name: str, *commands: KeyedCommand) -> list[Command[object]]:
    """Commands with keys that are the same in every process."""
    return [replace(each, key=f"{name} {n}") for n, each in enumerate(commands)]
