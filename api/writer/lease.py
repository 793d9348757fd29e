"""Shard lease: what a writer knows of the lease of its shard, kept by a thread of its own.

Nothing is trusted in it: the commit names the epoch that it was decided under, and the store
refuses one that is over. So no clock of ours says how long the lease is held, and who was stopped
for longer than that finds out when it commits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.leases import Peer
from ledger.ports import Leases

LOOK_S = 0.5
"""How often a lease is renewed, or looked whether it can be taken."""

REST_S = 0.02
"""How soon it is looked again at the earliest, whoever asks."""

ANSWER_S = 2.0
"""How long who asks waits for the store to say who holds the lease."""

_log = logging.getLogger(__name__)


class HeldElsewhere(Unavailable):
    """The outcome of a command for a shard whose lease another writer holds: that one answers.
    Nothing was recorded. `peer` is None when it is not known who that is."""

    def __init__(self, shard: int, peer: Peer | None = None) -> None:
        super().__init__("another service records for this org just now: send the same again.")
        self.shard = shard
        self.peer = peer

    def __reduce__(self) -> tuple[object, ...]:
        return HeldElsewhere, (self.shard, self.peer)


class AnyLease(Protocol):
    """What a group commit asks of the lease that it decides under."""

    @property
    def epoch(self) -> int | None:
        """The epoch that is held, if any lease must be."""

    def require(self) -> int | None:
        """Return the epoch to decide under. Raises HeldElsewhere, or Unavailable."""

    def lose(self, epoch: int | None) -> None:
        """Know that an epoch is over."""

    def lose_race(self) -> None:
        """Count a race that was lost although the lease was held."""


class Unleased:
    """For who decides beside the writers: heads that are compared keep it exact."""

    epoch = None

    def require(self) -> None:
        """Decide under none."""

    def lose(self, epoch: int | None) -> None:
        """Lose nothing."""

    def lose_race(self) -> None:
        """Count nothing."""


class _State(NamedTuple):
    epoch: int | None
    elsewhere: Unavailable | None
    """Why nothing is decided here."""


class ShardLease:
    """Taken and renewed by its thread; everybody else reads what that one has found.

    `listen` says where others reach this writer, when it is known by which address.
    """

    def __init__(self, shard: int, store: Leases, listen: Callable[[str], Peer]) -> None:
        self._shard = shard
        self._store = store
        self._listen = listen
        self._peer: Peer | None = None
        self._state = _State(None, HeldElsewhere(shard))
        self._on_change: Callable[[], None] = lambda: None
        self._races = 0
        self._begun = self._ended = 0
        self._told = threading.Condition()
        self._wake = threading.Event()
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {shard}", daemon=True)

    @property
    def epoch(self) -> int | None:
        """The epoch that is held, as far as we know; 0: none."""
        return self._state.epoch or 0

    @property
    def elsewhere(self) -> Unavailable | None:
        """Why nothing is decided here, or None. It stays the same object until that changes."""
        return self._state.elsewhere

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to hold it, and return when it is known who does."""
        self._on_change = on_change
        self._thread.start()
        self._wait_for(1)

    def require(self) -> int:
        """Return the epoch to decide under; who does not hold the lease looks first, so that one
        which has just become free is taken by the first who needs it."""
        epoch, elsewhere = self._state
        if epoch is None:
            self._look_now()
            epoch, elsewhere = self._state
        if epoch is None:
            raise elsewhere or HeldElsewhere(self._shard)
        return epoch

    def lose(self, epoch: int | None) -> None:
        with self._told:
            if self._state.epoch == epoch:
                self._state = _State(None, HeldElsewhere(self._shard))

    def lose_race(self) -> None:
        with self._told:
            self._races += 1

    def release(self) -> None:
        """Let another take it at once."""
        self._released.set()
        self._wake.set()

    def close(self) -> None:
        """Wait until it is released."""
        self.release()
        self._thread.join(ANSWER_S)
        self._store.close()

    # -- the thread --------------------------------------------------------------------------

    def _keep(self) -> None:
        while not self._released.is_set():
            self._look()
            time.sleep(REST_S)
            self._wake.wait(LOOK_S - REST_S)
            self._wake.clear()
        self._let_go()

    def _look(self) -> None:
        with self._told:
            self._begun += 1
            lost, self._races = self._races, 0
        try:
            if self._peer is None:
                self._peer = self._listen(self._store.local_host())
            lease = self._store.hold(self._peer, lost)
        except LedgerError as error:
            self._know_nothing(error)
        except OSError as error:
            _log.error("a writer cannot listen for other services: %s", error)
            self._know_nothing(Unavailable("the writer cannot listen: its log says why."))
        except Exception:
            _log.exception("a lease cannot be looked at", extra=Alarm.FAULT_OF_OURS.mark)
            self._know_nothing(Unavailable("who records cannot be found out: send it again later."))
        else:
            if lease.peer == self._peer:
                self._become(_State(lease.epoch, None))
            else:
                self._become(_State(None, HeldElsewhere(self._shard, lease.peer)))
        with self._told:
            self._ended = self._begun
            self._told.notify_all()

    def _know_nothing(self, error: LedgerError) -> None:
        """Hold on to what is held: whether it still is, the commit says."""
        if self._state.epoch is None:
            self._become(_State(None, Unavailable(error.detail)))

    def _become(self, state: _State) -> None:
        with self._told:
            if _means(state) == _means(self._state):
                return
            self._state = state
        self._on_change()

    def _let_go(self) -> None:
        try:
            if self._peer is not None:
                self._store.release(self._peer)
        except LedgerError as error:
            _log.warning("a lease ends by itself, as it cannot be released: %s", error.detail)
        self._become(_State(None, HeldElsewhere(self._shard)))

    def _look_now(self) -> None:
        """Wait for a look that begins after this moment."""
        with self._told:
            wanted = self._begun + 1
        self._wake.set()
        self._wait_for(wanted)

    def _wait_for(self, look: int) -> None:
        with self._told:
            self._told.wait_for(
                lambda: self._ended >= look or self._released.is_set(), timeout=ANSWER_S
            )


def _means(state: _State) -> tuple[object, ...]:
    peer = state.elsewhere.peer if isinstance(state.elsewhere, HeldElsewhere) else None
    return state.epoch, type(state.elsewhere), peer
