"""The recorder of the access log: a thread beside the requests, and a bound on what waits.

A refused request only adds to a count in memory. What came within a second is written together,
so that a flood of them costs a few rows a second and no request waits for the database.
"""

from __future__ import annotations

import logging
import threading
import time
from itertools import repeat

from api.access_log.attempts import Attempt, Attempts, Count
from api.access_log.origins import Origins
from ledger.access_log.log import NOBODY, AccessLink, Refused, extend_log
from ledger.access_log.ports import AccessLogStore
from ledger.kernel.alarms import Alarm
from ledger.kernel.chain import EMPTY
from ledger.kernel.errors import LedgerError
from ledger.kernel.retries import at_once, retry
from ledger.kernel.texts import Text
from ledger.ports import Clock, OutcomeUnknown, RaceLost

LINGER_S = 1.0
FLUSHED_WITHIN_S = 5.0
PATIENCE_S = 3.0
"""How long a service that stops waits for a database that does not take its log."""

_log = logging.getLogger(__name__)


class AccessLog:
    """Takes refusals from the event loop and writes them, each exactly once in number."""

    def __init__(
        self,
        store: AccessLogStore,
        clock: Clock,
        *,
        linger_s: float = LINGER_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._linger_s = linger_s
        self._patience_s = patience_s
        self._give_up_at = 0.0
        self._attempts = Attempts()
        self._changed = threading.Condition()
        self._hurry = self._closing = False
        self._taken = self._written = 0
        self._origins = Origins()
        self._doubtful: AccessLink | None = None
        self._thread = threading.Thread(target=self._work, name="access log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closing = True
            self._give_up_at = time.monotonic() + self._patience_s
            self._changed.notify_all()
        self._thread.join()
        self._store.close()

    def note(self, attempt: Attempt, request_id: str) -> None:
        """Take a refused request. Never waits for the database."""
        now_us = self._clock()
        with self._changed:
            self._attempts.add(attempt, Count(1, now_us, now_us, request_id))
            if len(self._attempts) == 1:
                self._changed.notify_all()

    def flush(self) -> bool:
        """Write what waits now; whether it was done within a few seconds."""
        with self._changed:
            self._hurry = bool(len(self._attempts))
            wanted = self._taken + self._hurry
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._written >= wanted, FLUSHED_WITHIN_S)

    # -- the thread --------------------------------------------------------------------------

    def _work(self) -> None:
        while (attempts := self._take()) is not None:
            self._write(attempts)
            with self._changed:
                self._written = self._taken
                self._changed.notify_all()

    def _take(self) -> Attempts | None:
        """Return what came within a second of the first; None when closing and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._attempts) or self._closing)
            self._changed.wait_for(lambda: self._hurry or self._closing, self._linger_s)
            taken, self._attempts = self._attempts, Attempts()
            self._hurry = False
            self._taken += 1
            return taken if len(taken) else None

    def _write(self, attempts: Attempts) -> None:
        """Write a second's attempts; while the database does not take them, try again."""
        pauses = repeat(self._linger_s)
        try:
            retry(lambda: self._append(attempts), LedgerError, pauses, self._gives_up, _say)
        except LedgerError:
            _log.error(
                "ALARM: %d refusals were not written.",
                attempts.times,
                extra=Alarm.ACCESS_LOG_LOST.mark,
            )

    def _gives_up(self, pause_s: float) -> bool:
        """Wait a moment; whether there is no time left to try again."""
        with self._changed:
            self._changed.wait(pause_s)
            return self._closing and time.monotonic() >= self._give_up_at

    def _append(self, attempts: Attempts) -> None:
        """Append them once, however often others were faster or the outcome is unknown."""
        races = (RaceLost, OutcomeUnknown)
        retry(lambda: self._append_unless_done(attempts), races, repeat(0.0), at_once)

    def _append_unless_done(self, attempts: Attempts) -> None:
        if self._doubtful is None or not self._store.is_committed(self._doubtful):
            self._append_links(attempts)
        self._doubtful = None

    def _append_links(self, attempts: Attempts) -> None:
        self._doubtful = None
        owners = self._store.owners_of(attempts.secret_hashes())
        written = attempts.owned(owners)
        orgs = sorted({attempt.org for attempt, _ in written})
        before = dict.fromkeys(orgs, EMPTY) | self._store.heads(orgs)
        after = dict(before)
        now_us = self._clock()
        origins = [self._origin(attempt) for attempt, _ in written]
        entries = [
            _entry(attempt, count, now_us, origin)
            for (attempt, count), origin in zip(written, origins, strict=True)
        ]
        links = extend_log(after, entries)
        texts = {
            (attempt.org, origin.digest): origin
            for (attempt, _), origin in zip(written, origins, strict=True)
            if origin is not None
        }
        self._doubtful = links[-1]
        stored = [(org, text) for (org, _), text in texts.items()]
        try:
            self._store.append(before, after, links, stored)
        except OutcomeUnknown:
            raise
        except LedgerError:
            self._doubtful = None
            raise

    def _origin(self, attempt: Attempt) -> Text | None:
        """Return where an attempt came from, as an erasable text; the same digest for the same
        caller."""
        if not attempt.address:
            return None
        person = attempt.subject or NOBODY
        return self._origins.of(attempt.org, person, person, attempt.address, attempt.agent)


def _say(error: Exception) -> None:
    _log.warning("ALARM: the access log waits: %s", error, extra=Alarm.ACCESS_LOG_BEHIND.mark)


def _entry(attempt: Attempt, count: Count, now_us: int, origin: Text | None) -> Refused:
    return Refused(
        org=attempt.org,
        recorded_us=max(now_us, count.last_us),
        first_us=count.first_us,
        last_us=count.last_us,
        times=count.times,
        code=attempt.code,
        detail=attempt.detail,
        method=attempt.method,
        path=attempt.path,
        subject=attempt.subject,
        key_id=attempt.key_id,
        request_id=count.request_id,
        origin="" if origin is None else origin.digest,
    )
