"""Line: the writer's end of the connection to one process that asks."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence

from api.writer.fair_queue import Waiting
from api.writer.frames import Asked, Frames, frame
from api.writer.group_commit import Outcome
from api.writer.records import Records
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import Failed

RECEIVED_MAX = 1 << 18
"""Bytes taken of a line before the others have their turn."""

STALLS_AFTER_S = 0.02
"""How long who does not read what it has asked for can keep us; then the rest waits for it here."""

NOT_TOLD = "a fault of this service: it was decided, and what was answered cannot be told."

_log = logging.getLogger(__name__)


class Line:
    """What comes is received by one thread; outcomes are answered by one at a time, which tells by
    `on_stalled` that some of them must wait."""

    def __init__(
        self,
        connection: socket.socket,
        on_stalled: Callable[[Line], None],
        records: Records | None = None,
    ) -> None:
        """`records`: of a line to another service."""
        self.connection = connection
        self._records = records
        self._on_stalled = on_stalled
        self.is_open = True
        """Whether more may be asked."""

        self._frames: Frames[Asked] = Frames()
        self._asked = self._answered = 0
        self._unsent = bytearray()
        self._sending = threading.Lock()
        connection.setblocking(False)

    def receive(self) -> list[Waiting]:
        """Return commands that have come."""
        try:
            data = self.connection.recv(RECEIVED_MAX)
            self.is_open = bool(data)
            if self._records is not None:
                data = self._records.open(data)
        except BlockingIOError:
            return []
        except OSError:
            self.is_open, data = False, b""
        come = [
            Waiting(command, ticket, self)
            for asked in self._frames.feed(data)
            for ticket, command in asked
        ]
        self._asked += len(come)
        return come

    @property
    def is_peers(self) -> bool:
        """Whether another service asks here."""
        return self._records is not None

    @property
    def is_stalled(self) -> bool:
        """Whether something waits to be read at the other end."""
        return bool(self._unsent)

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be asked, and all that was is answered."""
        return not self.is_open and self._asked == self._answered and not self._unsent

    def answer(self, tickets: Sequence[int], outcomes: Sequence[Outcome]) -> None:
        """Hand outcomes back; whoever is gone has no use for them."""
        try:
            data = frame((tickets, outcomes))
        except Exception:
            data = b"".join(map(_alone, tickets, outcomes))
        self.send(data)
        self._answered += len(tickets)

    def send(self, data: bytes) -> None:
        """Send what is not waited for longer than a moment."""
        with self._sending:
            waits = bool(self._unsent)
            self._unsent += data if self._records is None else self._records.seal(data)
            if not waits:
                self._flush(STALLS_AFTER_S)
                waits = bool(self._unsent)
        if waits:
            self._on_stalled(self)

    def send_on(self) -> None:
        """Send what has waited, as far as the other end reads."""
        with self._sending:
            self._flush(0)

    def _flush(self, patience_s: float) -> None:
        give_up_at = time.monotonic() + patience_s
        sent = 0
        try:
            while sent < len(self._unsent):
                with memoryview(self._unsent) as unsent:
                    sent += self._some(unsent[sent:], give_up_at)
        except TimeoutError:
            pass
        except OSError:
            sent = len(self._unsent)  # whoever is gone has no use for it
        del self._unsent[:sent]

    def _some(self, unsent: memoryview, give_up_at: float) -> int:
        """Send some of it. Raises TimeoutError when the other end does not read."""
        try:
            return self.connection.send(unsent)
        except BlockingIOError:
            left_s = give_up_at - time.monotonic()
            if left_s <= 0:
                raise TimeoutError from None
            waiting = select.poll()
            waiting.register(self.connection, select.POLLOUT)
            waiting.poll(left_s * 1000)
            return 0


def _alone(ticket: int, outcome: Outcome) -> bytes:
    """Return the frame of one outcome, so that one that cannot cross takes neither another nor us
    along."""
    try:
        return frame(([ticket], [outcome]))
    except Exception:
        _log.exception("an outcome could not be sent by the writer", extra=Alarm.FAULT_OF_OURS.mark)
        return frame(([ticket], [Failed(NOT_TOLD)]))
