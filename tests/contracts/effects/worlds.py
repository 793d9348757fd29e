"""A ledger of each kind with followers that call: in memory, and real PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import psycopg

from adapters.memory.effects import MemoryCalls, MemoryEffects, MemoryEffectState
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.effects import PostgresCalls, PostgresEffects
from api.commands.command import Command
from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent
from projections.ports import Call, CallName, Calls, EffectStore
from tests.contracts.stores import MemoryStore, PostgresStore, Store, clock_us, process_on
from tests.scenarios.commands import ORG, deposit, register

DEPOSITED = "credits.CreditsDeposited"
EFFECT = "toy"


def calls_of(event: RecordedEvent) -> list[Call]:
    """A call for each deposit."""
    if event.type != DEPOSITED:
        return []
    return [Call(CallName(event.org, EFFECT, str(event.sequence)), f"deposit {event.sequence}")]


class World(Protocol):
    """A ledger, and doors to what follows it; each door is another process's."""

    events: Store

    def follower(self) -> EffectStore:
        """The progress of a follower of deposits."""

    def calls(self) -> Calls:
        """The calls that were deferred."""

    def deferred(self) -> list[CallName]:
        """The jobs that were deferred, in order."""

    def forget_jobs(self) -> None:
        """Lose the jobs of calls, as who dies between two steps does."""

    def set_back(self) -> None:
        """Have the follower begin again, as an operator may."""

    def close(self) -> None:
        """Close every door."""


class MemoryWorld:
    """In memory."""

    def __init__(self) -> None:
        self.events: Store = MemoryStore()
        self.state = MemoryEffectState(clock_us)

    def follower(self) -> EffectStore:
        seen = len(self.state.events)
        self.state.events += self.events.open().events_after(ORG, seen)
        return MemoryEffects(self.state, EFFECT, [DEPOSITED])

    def calls(self) -> Calls:
        return MemoryCalls(self.state)

    def deferred(self) -> list[CallName]:
        return list(self.state.jobs)

    def forget_jobs(self) -> None:
        self.state.jobs.clear()

    def set_back(self) -> None:
        self.state.positions.clear()

    def close(self) -> None:
        """Nothing to do."""


class PostgresWorld:
    """A database of its own."""

    def __init__(self, database: DatabaseUrls) -> None:
        self.events: Store = PostgresStore(database.writer)
        self._database = database
        self._doors: list[PostgresEffects | PostgresCalls] = []

    def follower(self) -> EffectStore:
        self._doors.append(door := PostgresEffects(self._database.writer, EFFECT, [DEPOSITED]))
        return door

    def calls(self) -> Calls:
        self._doors.append(door := PostgresCalls(self._database.writer))
        return door

    def deferred(self) -> list[CallName]:
        rows = self._owner(
            "SELECT args->>'org', args->>'effect', args->>'key' "
            "FROM tally_jobs.procrastinate_jobs WHERE task_name = 'call' ORDER BY id"
        )
        return [CallName(*row) for row in rows]

    def forget_jobs(self) -> None:
        with psycopg.connect(
            self._database.owner, options="-c search_path=tally_jobs"
        ) as connection:
            connection.execute("DELETE FROM procrastinate_jobs")

    def set_back(self) -> None:
        self._owner("UPDATE tally.projections SET position = 0 RETURNING 1")

    def close(self) -> None:
        self.events.close()
        for door in self._doors:
            door.close()

    def _owner(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._database.owner) as connection:
            return connection.execute(statement.encode()).fetchall()


def record(world: World, commands: Sequence[Command[object]]) -> None:
    """Decide and commit; each must be accepted."""
    for outcome in process_on(world.events).run(commands):
        if isinstance(outcome, LedgerError):
            raise outcome


def begin(world: World, deposits: int = 3) -> list[CallName]:
    """An org with deposits, and the calls that they are to become."""
    record(world, [register()])
    record(world, [deposit("1", key=f"d{n}") for n in range(deposits)])
    events = world.events.open().events_after(ORG, 0)
    return [call.name for event in events for call in calls_of(event)]
