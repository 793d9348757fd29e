"""Command: what a caller wants done, typed by what it returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Generic, TypeVar

import msgspec

from api.commands.result import CommandResult, KeyedResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.canonical import fingerprint
from ledger.kernel.keys import COMMANDS, Key
from ledger.kernel.texts import Text

A_co = TypeVar("A_co", covariant=True)
"""What a command returns."""

R_co = TypeVar("R_co", covariant=True, bound=KeyedResult)
"""What a command with a key returns, the first time and every time after."""


@dataclass(frozen=True)
class Command(Generic[A_co]):
    """Something a caller wants done in an org."""

    org: str
    actor: Actor
    origin: Text | None = field(default=None, kw_only=True)
    """The text behind `actor.origin`."""

    weight: ClassVar[int] = 1

    @property
    def home(self) -> str:
        """The org whose shard decides it, and whose key space holds its keys."""
        return self.org

    def orgs(self) -> Iterable[str]:
        """Return the orgs whose chains it may extend."""
        return [self.org]

    def idempotency_keys(self) -> Iterable[Key]:
        """Return the idempotency keys it uses."""
        raise NotImplementedError

    def must_ask(self, unit: UnitOfWork) -> bool:
        """Tell whether it needs what the store knows of its keys: they are looked up first then,
        not taken for new until the commit says otherwise."""
        return False

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        """Return the aggregates it will ask for, to fetch them all at once."""
        return []

    def decide(self, unit: UnitOfWork) -> A_co:
        """Do it in the unit and return what it did, or raise a Refusal and leave no trace."""
        raise NotImplementedError


@dataclass(frozen=True)
class Keyed(Command[R_co]):
    """A command with an `Idempotency-Key`: one effect, and its first answer for ever.

    `sent` are the fields as the caller sent them, in canonical form; `sealed` an erasable text.
    """

    key: str
    sent: dict[str, object]

    operation: ClassVar[str]

    @property
    def sealed(self) -> Text | None:
        """The erasable text that came with it."""
        return None

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of what was sent."""
        return fingerprint(self.operation, self.sent)

    def idempotency_keys(self) -> Iterable[Key]:
        return [Key(self.home, COMMANDS, self.key)]

    def decide(self, unit: UnitOfWork) -> R_co:
        key = Key(self.home, COMMANDS, self.key)
        content = self.sealed.content if self.sealed else None
        known = unit.keys.replay(key, self.fingerprint, content)
        if known is not None:
            return self.again(known)
        result = self.result(unit)
        unit.claim(key, result, self.fingerprint, self.kept(unit))
        return result

    def kept(self, unit: UnitOfWork) -> Text | None:
        """Return the erasable text as it is stored."""
        person = self.person_of_text(unit) if self.sealed is not None else None
        if self.sealed is None or person is None:
            return self.sealed
        return msgspec.structs.replace(self.sealed, person=person)

    def person_of_text(self, unit: UnitOfWork) -> str | None:
        """Return whose the erasable text is, where that is known by what it is about and not by who
        sends it."""
        return None

    def result(self, unit: UnitOfWork) -> R_co:
        """Do it; return what the caller is told."""
        raise NotImplementedError

    def again(self, replay: CommandResult) -> R_co:
        """Return what the caller is told who sends it again."""
        raise NotImplementedError


@dataclass(frozen=True)
class KeyedCommand(Keyed[CommandResult]):
    """A command with a key whose caller is told what it recorded and nothing beside."""

    def result(self, unit: UnitOfWork) -> CommandResult:
        return CommandResult(self.effect(unit), 0)

    def again(self, replay: CommandResult) -> CommandResult:
        return replay

    def effect(self, unit: UnitOfWork) -> PendingFact:
        """Do it; return the fact that carries the key."""
        raise NotImplementedError
