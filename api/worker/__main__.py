"""A worker as a child of `tally serve`: `python -m api.worker GIVEN`, one of several processes that
serve HTTP."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from api.alarms import counted_alarms
from api.container import (
    AlarmTable,
    DatabaseUrls,
    Endpoints,
    nats_given,
    stripe_given,
    usage_inbox,
)
from api.descriptors import raise_limit
from api.http.service import Service
from api.logs import log_to_stderr
from api.serving import service_over
from api.settings import Settings
from api.worker.first_operator_key import announcement, first_operator_key
from api.worker.given import Given
from api.worker.server import WorkerServer
from api.worker.siblings import SupervisorLine
from ledger.kernel.decoding import decoded
from ledger.kernel.inbox import Inbox


def main() -> None:
    """Serve until told to stop, or until the supervisor is gone."""
    os.umask(0o077)
    log_to_stderr()
    given = decoded(sys.argv[1], Given)
    settings = Settings.from_environment(Path(given.data))
    database = DatabaseUrls(writer=str(settings.writer_url), query=settings.query_url)
    raise_limit()
    with (
        socket.socket(fileno=given.listener) as listener,
        counted_alarms(AlarmTable(database.writer)),
    ):
        line = SupervisorLine()
        service = service_over(
            settings,
            Endpoints(
                database,
                str(settings.clickhouse_url),
                nats_given(settings),
                stripe=stripe_given(settings),
            ),
            given.ways,
            writers=given.writers,
            siblings=line,
            processes=given.workers,
        )
        server = _Server(service, given, line, usage_inbox(nats_given(settings)))
        server.run(sockets=[listener])


class _Server(WorkerServer):
    """Listens to its supervisor, too."""

    def __init__(
        self, service: Service, given: Given, line: SupervisorLine, inbox: Inbox | None
    ) -> None:
        super().__init__(service, inbox)
        self._given = given
        self._line = line
        self._sockets: list[socket.socket] = []

    def leave(self) -> None:
        """Stop gracefully, but leave the port at once: nobody supervises us any more, and another
        service may be starting in our place. Before it serves it has nothing to finish, and may
        wait for a writer that nobody starts any more."""
        if not self.started:
            os._exit(1)
        for listener in self._listeners:
            listener.close()
        self._listeners = []
        for each in self._sockets:
            each.close()
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._sockets = sockets or []
        await self._line.open(socket.socket(fileno=self._given.line), self.leave)
        await super().startup(sockets)
        if self.should_exit:
            return
        if self._given.is_first:
            secret = await first_operator_key(self.service)
            if secret is not None:
                print(announcement(secret), flush=True)
        self._line.start(self.service)


if __name__ == "__main__":
    main()
