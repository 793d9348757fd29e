"""Alarms of this process: counted as they are logged, and written where the metrics find them.

Any process of ours may raise one, and only one of them is scraped. So each adds its own to a table;
what the database does not take now is added when it does.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ledger.kernel.alarms import MARK, Alarm
from ledger.kernel.errors import LedgerError

LINGER_S = 1.0
"""How long alarms are collected before they are written; as long again after a failure."""


class AlarmStore(Protocol):
    """Where alarms are added up. Used by one thread."""

    def add(self, times: dict[Alarm, int], why: dict[Alarm, str]) -> None:
        """Add to the counts, all or none; `why`: what was said last. Raises Unavailable."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""


class AlarmCounter(logging.Handler):
    """Counts the lines of the log that are alarms, and writes the counts in a thread of its own."""

    def __init__(self, store: AlarmStore, linger_s: float = LINGER_S) -> None:
        super().__init__()
        self._store = store
        self._linger_s = linger_s
        self._times: Counter[Alarm] = Counter()
        self._why: dict[Alarm, str] = {}
        self._mine = threading.Lock()
        self._raised = threading.Event()
        self._stop = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line, if it is an alarm."""
        alarm = getattr(record, MARK, None)
        if isinstance(alarm, Alarm):
            with self._mine:
                self._times[alarm] += 1
                self._why[alarm] = record.getMessage()
            self._raised.set()

    def run(self) -> None:
        """Write what is counted until stopped."""
        while not self._stop.is_set():
            self._raised.wait()
            self._stop.wait(self._linger_s)
            self._raised.clear()
            if not self.write():
                self._raised.set()
        self.write()  # what was said while the last was written
        self._store.close()

    def stop(self) -> None:
        """Have the thread write what there is, once, and end."""
        self._stop.set()
        self._raised.set()

    def write(self) -> bool:
        """Write what was counted; False when the database did not take it."""
        with self._mine:
            times, self._times = self._times, Counter()
            why = dict(self._why)
        try:
            if times:
                self._store.add(dict(times), why)
        except LedgerError:
            with self._mine:
                self._times.update(times)
            return False
        return True


@contextmanager
def counted_alarms(store: AlarmStore, linger_s: float = LINGER_S) -> Iterator[None]:
    """Count the alarms of this process for the length of a context."""
    counter = AlarmCounter(store, linger_s)
    thread = threading.Thread(target=counter.run, name="alarms", daemon=True)
    logging.getLogger().addHandler(counter)
    thread.start()
    try:
        yield
    finally:
        logging.getLogger().removeHandler(counter)
        counter.stop()
        thread.join(LINGER_S)
