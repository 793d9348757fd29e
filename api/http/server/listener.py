"""The listener: a socket from which connections are taken while there is room for them.

A loop's own server takes all it can get, and at the limit of file descriptors closes what it
cannot keep. Here what there is no room for waits where the kernel keeps it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

AT_ONCE = 64
"""Connections taken before others have their turn."""


class Listener:
    """Takes connections. `room` says how many more there may be."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        room: Callable[[], int],
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._room = room
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[object]] = set()
        self._open = False
        listener.setblocking(False)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return self._room() <= len(self._beginning)

    def open(self) -> None:
        """Take connections, or take them again."""
        if not self._open:
            self._loop.add_reader(self._listener, self._take)
            self._open = True

    def close(self) -> None:
        """Take no more: they wait."""
        if self._open:
            self._loop.remove_reader(self._listener)
            self._open = False

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            if self.is_full:
                self.close()
                return
            try:
                taken, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no descriptors or memory left, here or in the system
                self.close()
                return
            self._begin(taken)

    def _begin(self, taken: socket.socket) -> None:
        taken.setblocking(False)
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, taken))
        self._beginning.add(task)
        task.add_done_callback(self._begun)

    def _begun(self, task: asyncio.Task[object]) -> None:
        self._beginning.discard(task)
        if not task.cancelled():
            task.exception()  # a caller who has gone already
