"""Writer server: the writer's end of the connection, where commands come in and outcomes go out."""

from __future__ import annotations

import logging
import os
import select
import socket
from collections.abc import Sequence
from contextlib import suppress

from api.writer.fair_queue import Waiting
from api.writer.frames import Asked, Frames, frame
from api.writer.group_commit import Outcome
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import Failed

RECEIVED_MAX = 1 << 18

NOT_TOLD = "a fault of this service: it was decided, and what was answered cannot be told."

_log = logging.getLogger(__name__)


class WriterServer:
    """Used by the sequencer's thread; `answer` and `wake` by the committer's, too.

    It is closed once the other end has nothing more to say, or is gone.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._frames: Frames[Asked] = Frames()
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(self._wake_fd, select.POLLIN)
        self.closed = False

    def greet(self) -> None:
        """Say that we are here."""
        self._send(frame(([], [])))

    def receive(self) -> list[Waiting]:
        """Return the commands that have come. Does not wait."""
        come: list[Waiting] = []
        while not self.closed:
            try:
                data = self._connection.recv(RECEIVED_MAX, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self._close()
                break
            for asked in self._frames.feed(data):
                come += [Waiting(command, ticket) for ticket, command in asked]
        return come

    def wait(self, seconds: float | None = None) -> None:
        """Wait until something comes, someone calls `wake`, or so long."""
        self._poll.poll(None if seconds is None else max(0.0, seconds * 1000))
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake_fd)

    def wake(self) -> None:
        """End a wait, the next one if there is none now."""
        os.eventfd_write(self._wake_fd, 1)

    def answer(self, group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """Hand a group's outcomes back; whoever is gone has no use for them."""
        try:
            self._send(frame(([each.ticket for each in group], outcomes)))
        except Exception:
            self._answer_each(group, outcomes)

    def _answer_each(self, group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """Alone, so that an outcome that cannot cross takes neither another nor us along."""
        for each, outcome in zip(group, outcomes, strict=True):
            try:
                data = frame(([each.ticket], [outcome]))
            except Exception:
                _log.exception(
                    "an outcome could not be sent by the writer", extra=Alarm.FAULT_OF_OURS.mark
                )
                data = frame(([each.ticket], [Failed(NOT_TOLD)]))
            self._send(data)

    def release(self) -> None:
        """Say nothing more."""
        self._connection.close()
        os.close(self._wake_fd)

    def _send(self, data: bytes) -> None:
        with suppress(OSError):
            self._connection.sendall(data)

    def _close(self) -> None:
        self.closed = True
        self._poll.unregister(self._connection)
