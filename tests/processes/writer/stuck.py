"""A writer that commits nothing before it is let go."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any

from api.commands.command import Command
from api.writer.group_commit import Decided, GroupCommit
from api.writer.sequencer import Sequencer
from api.writer.server import WriterServer


class Stuck(GroupCommit):
    """Answers every command with "done", once it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def run(self, commands: Sequence[Command[object]]) -> list[Any]:
        asyncio.run_coroutine_threadsafe(self.go.wait(), self.loop).result()
        return ["done" for _ in commands]

    def forget(self) -> None:
        """There is nothing to forget."""

    def decide_ahead(self, commands: Sequence[Command[object]]) -> Decided | None:
        return None


def work_of(group_commit: GroupCommit) -> Callable[[socket.socket], None]:
    """A writer that commits nothing."""

    def work(line: socket.socket) -> None:
        door = WriterServer(line)
        try:
            door.greet()
            Sequencer(group_commit, door).run()
        finally:
            door.release()

    return work
