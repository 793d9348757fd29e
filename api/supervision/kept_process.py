"""A kept process: a child that is started again when it ends by itself, and gone when we are."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from ledger.kernel.alarms import Alarm

_log = logging.getLogger(__name__)


class KeptProcess:
    """Kept alive for the length of a context; how it begins and ends is its kind's to say."""

    restart_after_s = 0.5
    may_stop_for_s = 10.0

    def __init__(self, name: str) -> None:
        self._name = name

    async def start(self) -> Process:
        """Start it."""
        raise NotImplementedError

    def end(self, process: Process) -> None:
        """Have it end, in its own time. Raises ProcessLookupError when it is gone."""
        process.terminate()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep it alive for the length of a context."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self) -> None:
        while True:
            try:
                process = await self.start()
            except OSError:
                _log.exception("%s cannot be started", self._name, extra=Alarm.FAULT_OF_OURS.mark)
            else:
                await self._wait(process)
                _log.error(
                    "ALARM: %s ended by itself; starting it again",
                    self._name,
                    extra=Alarm.PROCESS_RESTARTED.mark,
                )
            await asyncio.sleep(self.restart_after_s)

    async def _wait(self, process: Process) -> None:
        try:
            await process.wait()
        except asyncio.CancelledError:
            await self._stop(process)
            raise

    async def _stop(self, process: Process) -> None:
        with suppress(ProcessLookupError):
            self.end(process)
        try:
            await asyncio.wait_for(process.wait(), self.may_stop_for_s)
        except TimeoutError:
            process.kill()
            await process.wait()


async def start_python(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    descriptors: Sequence[int] = (),
) -> Process:
    """Start a module of ours. The terminal's Ctrl-C is ours to handle, so it has a session of its
    own; and a folder named `api` in the current directory is not ours (-P)."""
    return await asyncio.create_subprocess_exec(
        *[sys.executable, "-P", "-m", module, *arguments],
        stdin=DEVNULL,
        env=environment,
        pass_fds=descriptors,
        start_new_session=True,
    )
