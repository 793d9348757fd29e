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


def stripe_variables(at: Endpoints, *, is_told: bool) -> dict[str, str]:
    """Return what opens the account at Stripe, for a child that calls it; `is_told`: what its
    notices are signed with, too."""
    if at.stripe is None:
        return {}
    given = {"TALLY_STRIPE_KEY": at.stripe.api_key}
    if is_told:
        given["TALLY_STRIPE_WEBHOOK_SECRET"] = " ".join(at.stripe.webhook_secrets)
    return given | ({"TALLY_STRIPE_URL": at.stripe.url} if at.stripe.url else {})


class Child(KeptProcess):
    """It has the writer's login; nothing of ours but what it works with."""

    def __init__(self, subcommand: str, data: Path, at: Endpoints) -> None:
        super().__init__(f"tally {subcommand}")
        self._arguments = [subcommand, "--data", str(data.absolute()), "--parent", str(os.getpid())]
        given = {"TALLY_WRITER_URL": at.database.writer}
        if subcommand == "project":
            given |= {"TALLY_CLICKHOUSE_URL": at.clickhouse_url, **nats_variable(at)}
        if subcommand == "jobs":
            given |= stripe_variables(at, is_told=False)
        self._environment = environment_of_child(*_ALSO.get(subcommand, ()), **given)

    async def start(self) -> Process:
        return await start_python("api.cli.main", self._arguments, self._environment)
