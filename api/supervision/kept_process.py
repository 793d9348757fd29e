"""A kept process: a child that is started again when it ends by itself, and gone when we are."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from ledger.kernel.alarms import Alarm

_log = logging.getLogger(__name__)


class KeptProcess:
    """Kept alive until it is not wanted any more; how it begins and ends is its kind's to say."""

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

    async def keep(self) -> None:
        """Keep it alive until cancelled, and then end it."""
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


@asynccontextmanager
async def kept(processes: Iterable[KeptProcess]) -> AsyncIterator[None]:
    """Keep processes alive for the length of a context; they end together."""
    keeping = [asyncio.create_task(each.keep()) for each in processes]
    try:
        yield
    finally:
        for each in keeping:
            each.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)


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
