"""Effect: a fact that becomes a call to the outside, and perhaps a command with its answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, runtime_checkable

import msgspec

from api.commands.command import Command
from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent
from projections.ports import Call, CallName


class Effect(Protocol):
    """Makes calls to the outside. The other side knows each by the id of its name."""

    name: str

    async def call(self, call: Call) -> Command[object] | None:
        """Make a call and return what its answer has to record, if anything: a command whose key
        is made of the call's id, as it may be made twice. Raises NotTaken or NeverTaken."""
        ...


@runtime_checkable
class FactEffect(Effect, Protocol):
    """An effect of facts: one call for a fact at most, whose key is the fact's sequence."""

    types: Collection[str]
    """The stored types of its facts."""

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        """Return what an event asks for."""
        ...


@runtime_checkable
class OrgEffect(FactEffect, Protocol):
    """An effect that orgs have asked for: what becomes of its calls is their business, not the
    operator's."""

    of_table: str
    """The look-up table with a row for each org that has."""

    def given_up(self, call: Call, error: LedgerError) -> Command[object] | None:
        """Return what is to be recorded when a call was given up, if anything: a command that does
        nothing the second time."""
        ...


@runtime_checkable
class StateEffect(Effect, Protocol):
    """An effect of what no event says: it looks, and names each occasion by what does not change
    while it lasts."""

    def look(self) -> Iterable[Call]:
        """Return the calls that the state of things asks for now, new or not. Raises
        Unavailable."""
        ...


def asking(event: RecordedEvent, effect: str, asked: object) -> Call:
    """Return the call by which an effect asks for what an event wants."""
    name = CallName(event.org, effect, str(event.sequence))
    return Call(name, msgspec.json.encode(asked).decode())
