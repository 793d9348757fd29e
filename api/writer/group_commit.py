"""Group commit: commands decided in order on aggregates in memory, written in one transaction.

A command's refusal is its own. Nothing is answered before the state it was decided on has
committed. A group that fails is decided again, after a lost race from what the other process
wrote; a group that fails for another reason is run again command by command, and only a command
that fails alone is answered with an error. A command of an org that lives in another shard is
answered with where, and so is every one when another writer holds the lease of this shard.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from eventsourcing.persistence import StoredEvent

from api.commands.application import Ledger, Store
from api.commands.command import Command
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from api.logs import about
from api.writer.aggregate_cache import AGGREGATES_MAX
from api.writer.commit_batch import commit_batch
from api.writer.doubts import Doubts
from api.writer.groups import Groups, Overtaken
from api.writer.lease import AnyLease, HeldElsewhere, Unleased
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import ClockSkewed, Failed, LedgerError, Refusal, Unavailable
from ledger.kernel.ids import PLATFORM
from ledger.kernel.limits import CLOCK_SKEW_MAX_US
from ledger.ports import (
    Batch,
    Clock,
    KeyUsed,
    LeaseLost,
    OrgMoved,
    OutcomeUnknown,
    RaceLost,
    StoreFailed,
    StoreFull,
    WrongShard,
)

Outcome: TypeAlias = object
"""What a command of any kind has returned, or the LedgerError to answer with."""

A = TypeVar("A")

ATTEMPTS_MAX = 20
"""How often a group that loses races is decided again before its commands are answered 503."""

LATE_US = CLOCK_SKEW_MAX_US // 2
"""A batch that comes to the database so long after it was dated is late, whatever the clocks."""

FULL_S = 1.0
"""How long a store that takes nothing is left alone: each try costs it lines in its log."""

_log = logging.getLogger(__name__)


class Late(RaceLost):
    """A race against time: the commit began so long after it was dated that its date is refused."""


@dataclass(frozen=True)
class Decided:
    """A group decided and not committed: its outcomes are for nobody's eyes yet."""

    outcomes: Sequence[Outcome]
    stored: list[StoredEvent]
    batch: Batch | None
    """None: the group recorded nothing."""


class GroupCommit:
    """Decides and commits groups of commands. Used by one thread; only `commit` by another."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        *,
        committer: Store | None = None,
        aggregates_max: int = AGGREGATES_MAX,
        doubts: Doubts | None = None,
        shard: int = 1,
        lease: AnyLease | None = None,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._aggregates_max = aggregates_max
        self._lease = lease or Unleased()
        self._epoch: int | None = None
        self._remember_nothing()
        self._committer = committer or ledger.event_store
        self._doubts = doubts or Doubts()
        self._shard = shard
        self._asks_all = False
        """Whether the next group asks about all its orgs, as the last was optimistic in vain."""

        self._logged: set[str] = set()
        self._full: StoreFull | None = None
        self._full_until = 0.0

    def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        """Return an outcome for each command, in order. Never raises a LedgerError."""
        outcomes = self._run(commands)
        self._logged.clear()
        return outcomes

    def _remember_nothing(self) -> None:
        self._groups = Groups(self._ledger, self._aggregates_max)
        self._unit = self._groups.unit

    def _require_lease(self) -> None:
        """Have the lease; what is in memory is of the epoch in which it was read. Raises
        HeldElsewhere, or Unavailable."""
        epoch = self._lease.require()
        if epoch != self._epoch:
            self._remember_nothing()
            self._epoch = epoch

    def _run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        if self._full is not None and time.monotonic() < self._full_until:
            self._groups.fail()
            return [self._full for _ in commands]
        try:
            self._require_lease()
            return self._run_together(commands)
        except (ClockSkewed, Unavailable) as error:
            self._groups.fail()  # alone they would fare no better
            if isinstance(error, ClockSkewed):
                _log.error("ALARM: %s", error.detail, extra=Alarm.CLOCK_SKEWED.mark)
            if isinstance(error, StoreFull):
                _log.warning(
                    "ALARM: nothing is recorded: %s",
                    str(error.__cause__ or error).partition("\n")[0],
                    extra=Alarm.STORE_FULL.mark,
                )
                self._full, self._full_until = error, time.monotonic() + FULL_S
            return [error for _ in commands]
        except Exception as error:
            self._asks_all = True
            self._groups.fail()
            if len(commands) == 1:
                self._log_fault("a command failed", error, commands[0])
                return [_failed(error)]
            self._log_fault("a group failed; running its commands one by one", error)
        return [outcome for command in commands for outcome in self._run([command])]

    def _run_together(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        """Decide and commit. Who has lost a race holds the heads while deciding again, so that
        nobody loses for ever against faster ones.

        No try waits, and each is decided otherwise than the one before: this is not `retry`.
        """
        for attempt in range(ATTEMPTS_MAX):
            batch = None
            try:
                with self._exclusively(commands) if attempt else nullcontext():
                    outcomes = self._decide(commands)
                    if self._unit.pending_facts:
                        stored, batch = self._batch()
                        self._insert(stored, batch)
            except RaceLost as lost:
                self._note_race(lost, batch)
                self._asks_all = True
                self._groups.fail()
                continue
            except LeaseLost:
                self._lease.lose(self._epoch)
                raise HeldElsewhere(self._shard) from None
            except WrongShard:
                self._asks_all = True
                self._groups.fail()
                if moved := self._moved(commands):
                    return self._run_others(commands, moved)
                continue
            except OutcomeUnknown:
                if batch is None or not self._ledger.event_store.is_committed(batch):
                    self._asks_all = True
                    self._groups.fail()
                    continue
            if batch is not None:
                self._groups.commit_started(batch.heads_before, batch.heads_after)
                self._groups.commit_succeeded()
            return outcomes
        raise Unavailable("other writers were always faster: send the same again.")

    def _insert(self, stored: list[StoredEvent], batch: Batch) -> None:
        """Commit; what was dated too long ago, by a clock that is right, raises Late."""
        try:
            self._ledger.event_store.insert_events(stored, batch=batch)
        except ClockSkewed:
            if self._clock() - batch.clock_us < LATE_US:
                raise
            raise Late("the commit began long after it was dated.") from None

    def _note_race(self, lost: RaceLost, batch: Batch | None) -> None:
        """Count it, unless it was found before the commit, is late, or a key that came again."""
        if batch is not None and not isinstance(lost, KeyUsed | Late):
            self._lease.lose_race()

    def _moved(self, commands: Sequence[Command[object]]) -> dict[str, int]:
        """Return those of the commands' homes that live in another shard, and in which."""
        shards = self._ledger.event_store.shards_of({each.home for each in commands})
        return {org: shard for org, shard in shards.items() if shard != self._shard}

    def _run_others(
        self, commands: Sequence[Command[A]], moved: Mapping[str, int]
    ) -> list[A | LedgerError]:
        """Run what is decided here; who asks for anything else is told where."""
        others = iter(self._run([each for each in commands if each.home not in moved]))
        return [
            OrgMoved(each.home, moved[each.home]) if each.home in moved else next(others)
            for each in commands
        ]

    # -- a group decided while the one before it commits --------------------------------------

    def decide_ahead(self, commands: Sequence[Command[object]]) -> Decided | None:
        """Decide as if the group in flight had committed; None when that must be waited for, and
        what was done until then be forgotten: `run` decides again, and answers."""
        if self._lease.epoch != self._epoch:
            return None
        try:
            outcomes = self._decide(commands)
            stored, batch = self._batch() if self._unit.pending_facts else ([], None)
        except RaceLost:
            self._asks_all = True
            return None
        except (Overtaken, LedgerError):  # of the store: not now, or not any more
            return None
        except Exception as error:
            self._log_fault("a group could not be decided ahead", error)
            return None
        return Decided(outcomes, stored, batch)

    def forget(self) -> None:
        """Undo what `decide_ahead` had done before it gave up."""
        self._groups.fail()

    def commit_started(self, decided: Decided) -> None:
        """Have what was decided stand while it is being committed and the next group is decided."""
        batch = decided.batch or Batch(0, {}, {}, [])
        self._groups.commit_started(batch.heads_before, batch.heads_after)

    def commit(self, decided: Decided) -> bool:
        """Commit a group in flight; False when it is not stored, and all is as it was before."""
        if decided.batch is None:
            return True
        try:
            self._committer.insert_events(decided.stored, batch=decided.batch)
        except OutcomeUnknown:
            return self._is_held(decided.batch)
        except RaceLost as lost:
            self._note_race(lost, decided.batch)
            return False
        except LedgerError:
            return False  # `run` decides it again, and says what is wrong
        except Exception as error:
            self._log_fault("a group could not be committed", error)
            return False
        return True

    def commit_succeeded(self) -> None:
        """Take the group in flight for stored."""
        self._groups.commit_succeeded()

    def commit_failed(self) -> None:
        """Undo the group in flight, which is not stored, and what was decided on it."""
        self._asks_all = True
        self._groups.commit_failed()

    def _is_held(self, batch: Batch) -> bool:
        try:
            return self._committer.is_committed(batch)
        except LedgerError:
            return False  # `run` decides it again: its keys are known then
        except Exception as error:
            self._log_fault("a group is not known to be committed", error)
            return False

    def _batch(self) -> tuple[list[StoredEvent], Batch]:
        """Chain what the group recorded to the heads it was decided on."""
        return commit_batch(
            self._groups, self._ledger.mapper, self._clock(), self._shard, self._epoch
        )

    def _log_fault(
        self, what: str, error: Exception, command: Command[object] | None = None
    ) -> None:
        """Log with its traceback what no command may meet, once for each group that does."""
        if repr(error) not in self._logged:
            self._logged.add(repr(error))
            named = about(command.actor.request, command.org) if command is not None else {}
            _log.error(what, exc_info=error, extra={**Alarm.FAULT_OF_OURS.mark, **named})

    def _exclusively(self, commands: Sequence[Command[object]]) -> AbstractContextManager[None]:
        orgs = {org for command in commands for org in command.orgs()}
        return self._ledger.event_store.exclusively(orgs)

    def _asked(self, commands: Sequence[Command[object]], orgs: Set[str]) -> Set[str]:
        """Return the orgs of which the store is asked first; of the others the commit says whether
        what is in memory is true."""
        if self._asks_all:
            self._asks_all = False
            return orgs
        asked = self._doubts.among(orgs)
        for command in commands:
            if command.must_ask(self._unit):
                asked.update(command.orgs())
        return asked

    def _decide(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        """Decide each command. Raises RaceLost where it was optimistic in vain."""
        groups = self._groups
        orgs = {PLATFORM, *(org for command in commands for org in command.orgs())}
        surprises = groups.open(
            orgs,
            (key for command in commands for key in command.idempotency_keys()),
            self._clock(),
            self._asked(commands, orgs),
        )
        self._doubts.raise_about(surprises)
        groups.aggregates.fetch(
            each for command in commands for each in _needs(command, self._unit)
        )
        outcomes: list[A | LedgerError] = [self._decide_one(command) for command in commands]
        if not groups.is_confirmed():
            raise RaceLost("another process wrote, or a key was used before.")
        return outcomes

    def _decide_one(self, command: Command[A]) -> A | Refusal:
        unit, aggregates = self._unit, self._groups.aggregates
        before, lent = len(unit.pending_facts), len(aggregates.lent)
        try:
            outcome = command.decide(unit)
        except Refusal as refusal:
            assert len(unit.pending_facts) == before, "refused after something was recorded"
            assert not aggregates.has_pending(lent), "refused after something was decided"
            return unit.explain(refusal)
        assert not aggregates.has_pending(lent), "decided and not recorded"
        if command.origin is not None and len(unit.pending_facts) > before:
            orgs = self._groups.origins.introduce(command.origin, unit.pending_facts[before:])
            unit.texts += [(org, command.origin) for org in orgs]
        return outcome


def _failed(error: Exception) -> LedgerError:
    """Return the error of a command that failed alone: the store may take it later, while what
    cannot be decided, or stored, never can."""
    if isinstance(error, StoreFailed):
        return Unavailable("it could not be recorded, nothing was: send the same again.")
    return Failed(
        "a fault of this service: it cannot be recorded, and nothing was. The same again would "
        "meet it again."
    )


def _needs(command: Command[object], unit: UnitOfWork) -> Sequence[AggregateRef]:
    try:
        return list(command.needs(unit))
    except Refusal:
        return []  # deciding it will say so
