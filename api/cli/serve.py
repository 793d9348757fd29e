"""`tally serve`: the service with everything it needs, in one command."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Annotated

import typer
from rich.console import Console

from api.alarms import counted_alarms
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import AlarmTable, Opening, endpoints, signing_keys, usage_inbox
from api.descriptors import raise_limit
from api.http.server.server import BACKLOG
from api.http.service import Service
from api.listening import family_of
from api.logs import log_to_stderr
from api.processors import for_each_of_four
from api.serving import service_over
from api.settings import Settings
from api.supervision.child import Child
from api.supervision.kept_process import KeptProcess, kept
from api.supervision.supervisor import Supervisor
from api.supervision.workers import Counts
from api.supervision.writers import writer_processes
from api.worker.first_operator_key import announcement, first_operator_key
from api.worker.server import WorkerServer
from api.writer.sockets import writer_sockets
from ledger.kernel.inbox import Inbox
from ledger.kernel.shards import SHARDS_MAX

WORKERS_MAX = 128
BEREFT = "The process that keeps the engines has died: start the service again."
SANDBOX = (
    "NO REAL MONEY MOVES: payments go to a sandbox, as TALLY_STRIPE_KEY is not set "
    "(docs/stripe.md)."
)
_TICKS_A_SECOND = 10


def serve(
    data: DataOption = DATA_DEFAULT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8080,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=WORKERS_MAX,
            help="Processes that serve HTTP. Not given: one for every four processors, so one on "
            "up to seven.",
        ),
    ] = None,
    writers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=SHARDS_MAX,
            help="Processes that record, each in its own part of the ledger; an org is in one at a "
            "time. Not given: one for every four processors, so one on up to seven.",
        ),
    ] = None,
    projections: Annotated[
        bool, typer.Option("--projections/--no-projections", help="Keep the read models here.")
    ] = True,
    jobs: Annotated[
        bool, typer.Option("--jobs/--no-jobs", help="Record here what time brings.")
    ] = True,
    seal: Annotated[bool, typer.Option("--seal/--no-seal", help="Sign checkpoints here.")] = True,
) -> None:
    """Serve the HTTP API; engines that are not configured are started here."""
    with refusals():
        log_to_stderr()
    console = Console(highlight=False, soft_wrap=True, markup=False)
    counts = Counts(
        workers or for_each_of_four(WORKERS_MAX), writers or for_each_of_four(SHARDS_MAX)
    )
    with refusals():
        settings = Settings.from_environment(data)
        signing_keys(settings).ring()
    try:
        listeners = _listen(host, port, counts.workers)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is no name of a host"
        console.print(f"Cannot listen on {host}:{port}: {reason}.")
        raise typer.Exit(2) from None
    raise_limit()
    held = ExitStack()
    for listener in listeners:
        held.enter_context(listener)
    with (
        held,
        refusals(),
        endpoints(settings, Opening.MAKE, _told_at(listeners[0])) as at,
        counted_alarms(AlarmTable(at.database.writer)),
        writer_sockets() as sockets,
    ):
        wanted = {"project": projections, "jobs": jobs, "seal": seal}
        children = [Child(name, settings.data, at) for name, on in wanted.items() if on]

        def say_where() -> None:
            if at.stripe is not None and at.stripe.is_sandbox:
                console.print(SANDBOX)
            at_host, at_port = listeners[0].getsockname()[:2]
            console.print(f"Tallystick listens on http://{at_host}:{at_port}")

        if counts.workers == 1:
            service = service_over(settings, at, sockets.ways, writers=counts.writers)
            kept_first = writer_processes(sockets, counts.writers, at.database)
            server = _Server(
                service, console, [*kept_first], children, at.live, say_where, usage_inbox(at.nats)
            )
            server.run(sockets=listeners)
            is_bereft = server.is_bereft
        else:
            supervisor = Supervisor(counts, settings.data, at, listeners, sockets, children)
            asyncio.run(supervisor.run(say_where))
            is_bereft = supervisor.is_bereft
    if is_bereft:
        console.print(BEREFT)
        raise typer.Exit(1)


def _listen(host: str, port: int, count: int) -> list[socket.socket]:
    """Taken before the engines start, so that a port in use is said at once: also one that others
    would share, as several sockets of ours do."""
    family = family_of(host)
    alone = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=False)
    if count == 1:
        return [alone]
    address = alone.getsockname()[:2]
    alone.close()
    return [
        socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=True)
        for _ in range(count)
    ]


def _told_at(listener: socket.socket) -> str:
    """Return where a sandbox on this machine tells us of payments."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/webhooks/stripe"


class _Server(WorkerServer):
    """The only worker: it keeps the other processes, too, and says where it listens."""

    def __init__(
        self,
        service: Service,
        console: Console,
        writers: Sequence[KeptProcess],
        children: Sequence[KeptProcess],
        live: Callable[[], bool],
        say_where: Callable[[], None],
        inbox: Inbox | None,
    ) -> None:
        super().__init__(service, inbox)
        self._console = console
        self._writers = writers
        self._children = children
        self._engines_live = live
        self._say_where = say_where
        self._stack = AsyncExitStack()
        self.is_bereft = False

    async def on_tick(self, counter: int) -> bool:
        """Stop, too, when nobody keeps our engines any more: whoever supervises us starts all of
        it again, while we could only refuse."""
        if counter % _TICKS_A_SECOND == 0 and not self._engines_live():
            self.is_bereft = True
            return True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._stack.enter_async_context(kept(self._writers))
        await super().startup(sockets)
        if self.should_exit:
            await self._stack.aclose()
            return
        await self._stack.enter_async_context(kept(self._children))
        secret = await first_operator_key(self.service)
        if secret is not None:
            self._console.print(announcement(secret))
        self._say_where()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._stack.aclose()
