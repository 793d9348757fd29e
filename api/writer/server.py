"""Writer server: where the processes that ask come in: their commands, and out their outcomes."""

from __future__ import annotations

import os
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from api.writer.fair_queue import Asker, Waiting
from api.writer.frames import NEWS, frame
from api.writer.group_commit import Outcome
from api.writer.lease import ShardLease
from api.writer.line import Line
from api.writer.peer_listener import PeerListener
from ledger.kernel.errors import Unavailable

PEERS_S = 1.0
"""How long other services have to leave when we end, which they are told."""


class WriterServer:
    """Used by the sequencer's thread; `answer` and `wake` by the committer's, too.

    Every process has a line of its own, and none waits for another's. It is closed once `life`, a
    descriptor, has ended and nobody is left who may ask; other services have a moment to leave.
    """

    def __init__(
        self,
        listener: socket.socket,
        life: int,
        lease: ShardLease | None = None,
        peers: PeerListener | None = None,
    ) -> None:
        self._listener = listener
        self._life = life
        self._lives = True
        self._lease = lease
        self._peers = peers
        self._told: Unavailable | None = None
        """What all know of the lease."""
        self._peers_until = 0.0
        self._lines: dict[int, Line] = {}
        self._unsettled: deque[Line] = deque()
        """Lines that are not simply read from, until they are again or are gone."""

        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.poll()
        for descriptor in (listener.fileno(), life, self._wake_fd):
            self._poll.register(descriptor, select.POLLIN)
        listener.setblocking(False)

    @property
    def closed(self) -> bool:
        """Whether no more will come."""
        return not (self._lives or self._lines)

    def receive(self) -> list[Waiting]:
        """Return commands that have come, of every line some. Does not wait."""
        self._tell_news()
        self._let_peers_in()
        come: list[Waiting] = []
        for descriptor, _ in self._poll.poll(0):
            line = self._lines.get(descriptor)
            if line is not None:
                come += self._hear(line)
            elif descriptor == self._listener.fileno():
                self._let_in()
            elif descriptor == self._life:
                self._end()
        if not self._lives and time.monotonic() > self._peers_until:
            self._leave_peers()
        for _ in range(len(self._unsettled)):
            self._settle(self._unsettled.popleft())
        return come

    def wait(self, seconds: float | None = None) -> None:
        """Wait until something comes, someone calls `wake`, or so long."""
        if not self._lives and seconds is None:
            seconds = PEERS_S  # another service may have to be left alone
        self._poll.poll(None if seconds is None else max(0.0, seconds * 1000))
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake_fd)

    def wake(self) -> None:
        """End a wait, the next one if there is none now."""
        os.eventfd_write(self._wake_fd, 1)

    def answer(self, group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """Hand a group's outcomes back, to each line its own."""
        askers = {each.asker for each in group}
        if len(askers) == 1:
            askers.pop().answer([each.ticket for each in group], outcomes)
            return
        told: dict[Asker, tuple[list[int], list[Outcome]]] = {each: ([], []) for each in askers}
        for (_, ticket, asker), outcome in zip(group, outcomes, strict=True):
            tickets, of_asker = told[asker]
            tickets.append(ticket)
            of_asker.append(outcome)
        for asker, (tickets, of_asker) in told.items():
            asker.answer(tickets, of_asker)

    def release(self) -> None:
        """Say nothing more."""
        for line in self._lines.values():
            line.connection.close()
        os.close(self._wake_fd)

    def _let_in(self) -> None:
        """Take who has come, and say that we are here."""
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # gone again
        self._add(Line(connection, self._note_stalled))

    def _let_peers_in(self) -> None:
        if self._peers is not None:
            for connection, records in self._peers.arrived():
                self._add(Line(connection, self._note_stalled, records))

    def _add(self, line: Line) -> None:
        self._lines[line.connection.fileno()] = line
        self._poll.register(line.connection, select.POLLIN)
        line.send(frame(([], []) if self._lease is None else ([NEWS], [self._told])))

    def _tell_news(self) -> None:
        """Tell everybody when a lease was taken or lost: they ask whoever holds it."""
        if self._lease is not None and self._lease.elsewhere is not self._told:
            self._told = self._lease.elsewhere
            for line in self._lines.values():
                line.send(frame(([NEWS], [self._told])))

    def _note_stalled(self, line: Line) -> None:
        self._unsettled.append(line)
        self.wake()

    def _end(self) -> None:
        """Let nobody in any more; who is here may go on until it has finished."""
        self._lives = False
        self._poll.unregister(self._life)
        self._poll.unregister(self._listener)
        self._peers_until = time.monotonic() + PEERS_S
        if self._peers is not None:
            self._peers.close()
        if self._lease is not None:
            self._lease.release()

    def _leave_peers(self) -> None:
        """Ask nothing more of other services, who were told to go and have not."""
        for line in self._lines.values():
            if line.is_peers and line.is_open:
                line.is_open = False
                self._unsettled.append(line)

    def _hear(self, line: Line) -> list[Waiting]:
        if line.is_stalled:
            line.send_on()
        come = line.receive() if line.is_open else []
        if not line.is_open:
            self._unsettled.append(line)
        return come

    def _settle(self, line: Line) -> None:
        """Watch for what a line waits for; one that is done is closed."""
        connection = line.connection
        if self._lines.get(connection.fileno()) is not line:
            return  # closed before
        wanted = select.POLLIN * line.is_open | select.POLLOUT * line.is_stalled
        if wanted:
            self._poll.register(connection, wanted)
        else:
            with suppress(KeyError):  # unwatched before
                self._poll.unregister(connection)
        if line.is_done:
            del self._lines[connection.fileno()]
            connection.close()
        elif line.is_stalled or not line.is_open:
            self._unsettled.append(line)
