"""The modifier book: the modifiers of an org, by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import MODIFIERS_MAX
from ledger.kernel.rows import TableRow
from ledger.pricing.modifier import Modifier, check_modifier

MODIFIERS_STREAM = "price-modifiers"


class ModifierBook(LedgerAggregate):
    """The modifiers of one org."""

    TOPIC: ClassVar[str] = "pricing.ModifierBook"
    STREAM: ClassVar[str] = MODIFIERS_STREAM

    def __init__(self) -> None:
        self.modifiers: dict[str, Modifier] = {}

    class Event(LedgerAggregate.Event):
        """Base of a modifier book's facts."""

    class ModifierBookOpened(Event, FirstFact):
        """An org begins to change prices."""

        TOPIC: ClassVar[str] = "pricing.ModifierBookOpened"

    class ModifierSet(Event):
        """A modifier is so from now on, in place of the one of its id."""

        TOPIC: ClassVar[str] = "pricing.ModifierSet"
        fingerprint: str
        modifier: Modifier

        def apply(self, aggregate: ModifierBook) -> None:
            aggregate.modifiers[self.modifier.id] = self.modifier

    class ModifierRemoved(Event):
        """A modifier changes no price any more."""

        TOPIC: ClassVar[str] = "pricing.ModifierRemoved"
        fingerprint: str
        id: str

        def apply(self, aggregate: ModifierBook) -> None:
            del aggregate.modifiers[self.id]

    @classmethod
    def open(cls, org: str, at: datetime) -> ModifierBook:
        """Begin an org's modifiers."""
        return cls._create(cls.ModifierBookOpened, id=modifiers_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        ordered = sorted(self.modifiers.values(), key=lambda each: each.place)
        return [
            TableRow("price_modifiers", {"org": org, "modifiers": msgspec.to_builtins(ordered)})
        ]

    def set(self, modifier: Modifier, at: datetime, *, fingerprint: str) -> None:
        """Have a modifier change prices from now on. Raises Invalid."""
        check_modifier(modifier)
        if modifier.id not in self.modifiers and len(self.modifiers) >= MODIFIERS_MAX:
            raise Invalid(
                f"there are {MODIFIERS_MAX} modifiers: remove one, or set one of them again.",
                field="id",
            )
        self.trigger_event(
            self.ModifierSet, timestamp=at, fingerprint=fingerprint, modifier=modifier
        )

    def remove(self, modifier: str, at: datetime, *, fingerprint: str) -> None:
        """Have a modifier change no price any more. Raises NotFound."""
        if modifier not in self.modifiers:
            raise NotFound("there is no modifier of that id.", field="modifier")
        self.trigger_event(self.ModifierRemoved, timestamp=at, fingerprint=fingerprint, id=modifier)


def modifiers_id(org: str) -> str:
    """Return the stream of an org's modifiers."""
    return stream_id(org, MODIFIERS_STREAM)
