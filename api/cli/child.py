"""The child processes of `tally serve`: one keeps the read models, one does the jobs."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from api.container import Endpoints
from api.environment import ALERTS, WITNESSES, environment_of_child
from ledger.kernel.alarms import Alarm

RESTART_AFTER_S = 0.5
MAY_STOP_FOR_S = 10.0

_log = logging.getLogger(__name__)
_ALSO = {"seal": WITNESSES, "jobs": ALERTS}
"""What each takes of our environment beside what all do."""


class Child:
    """A subcommand of `tally` as a child: started again when it dies, gone when we are. It has the
    writer's login; nothing of ours but what it works with."""

    def __init__(self, subcommand: str, data: Path, at: Endpoints) -> None:
        self._subcommand = subcommand
        # -P: a folder named `api` in the current directory is not ours.
        self._command = [sys.executable, "-P", "-m", "api.cli.main", subcommand]
        self._command += ["--data", str(data.absolute()), "--parent", str(os.getpid())]
        given = {"TALLY_WRITER_URL": at.database.writer}
        if subcommand == "project":
            given["TALLY_CLICKHOUSE_URL"] = at.clickhouse_url
        self._environment = environment_of_child(*_ALSO.get(subcommand, ()), **given)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the child alive for the length of a context."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,  # the terminal's Ctrl-C is ours to handle
            )
            try:
                await process.wait()
            except asyncio.CancelledError:
                await _stop(process)
                raise
            _log.error(
                "ALARM: tally %s ended by itself; starting it again",
                self._subcommand,
                extra=Alarm.PROCESS_RESTARTED.mark,
            )
            await asyncio.sleep(RESTART_AFTER_S)


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), MAY_STOP_FOR_S)
    except TimeoutError:
        process.kill()
        await process.wait()
