"""Witness delivery: checkpoints to a witness: one file a second at most, in order, none lost.

What a witness has lies in the database. While it is down everything that waits becomes one file of
each org's newest checkpoint: a later checkpoint covers the earlier ones.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import msgspec

from api.container import DeliveryStore, witness_at
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError
from ledger.kernel.retries import fault_of, keep_on
from ledger.ports import Clock
from ledger.proof.witnesses import Pending, UnknownWitness, Witness, WitnessFailed, witness_name

DELIVER_EVERY_S = 1.0
FAILED_S = 0.5
FAILED_MAX_S = 5.0
"""Pause after a failure; it doubles while they go on."""

LOOK_S = 1.0
"""How long a delivery waits to be told of a signing before it looks by itself."""

ALARM_S = 60.0
"""A witness this far behind is said in the log, again and again."""

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Delivery:
    """Keeps one witness up to date, in one thread."""

    def __init__(
        self,
        url: str,
        store: DeliveryStore,
        clock: Clock,
        witness_of: Callable[[str], Witness] = witness_at,
    ) -> None:
        self.name = witness_name(url)
        self._url = url
        self._store = store
        self._clock = clock
        self._witness_of = witness_of
        self._witness: Witness | None = None
        self._alarmed = -ALARM_S

    def run(self, stop: threading.Event, signed: threading.Event) -> None:
        """Deliver until stopped; `signed` is set when there may be something new."""
        keep_on(lambda: self._turn(stop, signed), stop, self._say, FAILED_S, FAILED_MAX_S)
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._store.close()

    def deliver(self) -> bool:
        """Deliver what waits, as one file; False when nothing does. Raises WitnessFailed."""
        pending = self._store.pending(self.name)
        if not pending:
            return False
        until = max(each.sealed_us for each in pending)
        try:
            if self._witness is None:
                self._witness = self._witness_of(self._url)
            self._witness.deliver(file_name(until), content_of(pending))
        except (WitnessFailed, UnknownWitness) as error:
            self._store.failed(self.name, error.detail)
            raise
        self._store.delivered(self.name, until)
        return True

    def _turn(self, stop: threading.Event, signed: threading.Event) -> None:
        signed.clear()
        if self.deliver():
            stop.wait(DELIVER_EVERY_S)
        else:
            signed.wait(LOOK_S)

    def _say(self, error: LedgerError) -> None:
        """Each failure as it comes; an alarm once a minute when it lasts."""
        _log.info("witness %s: %s", self.name, error.detail)
        try:
            waiting_us = self._store.waiting_us(self.name)
        except LedgerError:
            return
        lag_s = 0.0 if waiting_us is None else (self._clock() - waiting_us) / 1e6
        if lag_s >= ALARM_S and time.monotonic() - self._alarmed >= ALARM_S:
            self._alarmed = time.monotonic()
            _log.warning(
                "ALARM: the witness %s is %d s behind: %s",
                self.name,
                lag_s,
                error.detail,
                exc_info=fault_of(error),
                extra=Alarm.WITNESS_BEHIND.mark,
            )


def file_name(sealed_us: int) -> str:
    """Return the name of the file with the checkpoints signed up to a moment."""
    return f"checkpoints-{sealed_us:020d}.jsonl"


def content_of(pending: list[Pending]) -> bytes:
    """Return one JSON object a line and an org."""
    return b"".join(_encode({"org": each.org, "note": each.note}) + b"\n" for each in pending)
