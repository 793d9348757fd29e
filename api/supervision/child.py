"""A child: a subcommand of `tally` beside the service. One keeps the read models, one does the
jobs, one seals."""

from __future__ import annotations

import os
from asyncio.subprocess import Process
from pathlib import Path

from api.container import Endpoints
from api.environment import ANALYSTS, BUS, CALLS, WITNESSES, environment_of_child
from api.supervision.kept_process import KeptProcess, start_python

_ALSO = {"seal": WITNESSES, "jobs": CALLS, "project": (*BUS, *ANALYSTS)}
"""What each takes of our environment beside what all do."""


def nats_variable(at: Endpoints) -> dict[str, str]:
    """Return where NATS is, as a child is told."""
    return {"TALLY_NATS_URL": ",".join(at.nats.urls)} if at.nats is not None else {}


class Child(KeptProcess):
    """It has the writer's login; nothing of ours but what it works with."""

    def __init__(self, subcommand: str, data: Path, at: Endpoints) -> None:
        super().__init__(f"tally {subcommand}")
        self._arguments = [subcommand, "--data", str(data.absolute()), "--parent", str(os.getpid())]
        given = {"TALLY_WRITER_URL": at.database.writer}
        if subcommand == "project":
            given |= {"TALLY_CLICKHOUSE_URL": at.clickhouse_url, **nats_variable(at)}
        self._environment = environment_of_child(*_ALSO.get(subcommand, ()), **given)

    async def start(self) -> Process:
        return await start_python("api.cli.main", self._arguments, self._environment)
