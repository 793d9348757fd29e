"""`tally serve`: the service with everything it needs, in one command."""

from __future__ import annotations

import signal
import socket
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Annotated

import typer
from rich.console import Console

from api.alarms import counted_alarms
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.commands.tenancy.orgs import IssueApiKey
from api.container import AlarmTable, Opening, endpoints, signing_keys
from api.descriptors import raise_limit
from api.garbage_collection import collect_seldom
from api.http.app import create_front
from api.http.server.server import BACKLOG, Server
from api.http.service import Service
from api.http.tenancy.routes.api_keys import KEY_ID_BYTES, new_key_id
from api.logs import log_to_stderr
from api.queries.tenancy.directory import operator_keys
from api.serving import service_over
from api.settings import Settings
from api.supervision.child import Child
from api.supervision.kept_process import KeptProcess
from api.supervision.writers import writer_processes
from api.writer.sockets import writer_sockets
from ledger.kernel.actor import Actor
from ledger.kernel.ids import PLATFORM
from ledger.kernel.roles import Role
from ledger.tenancy.api_key import SECRET_BYTES, hash_of, secret_of

GRACE_S = 10
"""How long requests under way may take when the service is told to stop."""

SWITCH_S = 0.0005
"""How long a thread that makes a long answer keeps the interpreter from the loop, which answers all
others: a tenth of what Python lets it."""

_TICKS_A_SECOND = 10
_STOPPING = (signal.SIGTERM, signal.SIGINT)


def serve(
    data: DataOption = DATA_DEFAULT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8080,
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
    with refusals():
        settings = Settings.from_environment(data)
        signing_keys(settings).ring()
    try:
        listener = _listen(host, port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is no name of a host"
        console.print(f"Cannot listen on {host}:{port}: {reason}.")
        raise typer.Exit(2) from None
    raise_limit()
    with (
        listener,
        refusals(),
        endpoints(settings, Opening.MAKE) as at,
        counted_alarms(AlarmTable(at.database.writer)),
        writer_sockets() as sockets,
    ):
        service = service_over(settings, at, sockets.ways)
        wanted = {"project": projections, "jobs": jobs, "seal": seal}
        children = [Child(name, settings.data, at) for name, on in wanted.items() if on]
        writers = list(writer_processes(sockets, 1, at.database))
        server = _Server(service, console, writers, children, at.live)
        server.run(sockets=[listener])
    if server.is_bereft:
        console.print("The process that keeps the engines has died: start the service again.")
        raise typer.Exit(1)


def _listen(host: str, port: int) -> socket.socket:
    """Taken before the engines start, so that a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=False)


class _Server(Server):
    """Says where it listens, keeps its children, and stops gracefully on SIGTERM and Ctrl-C."""

    def __init__(
        self,
        service: Service,
        console: Console,
        writers: Sequence[KeptProcess],
        children: Sequence[KeptProcess],
        live: Callable[[], bool],
    ) -> None:
        super().__init__(create_front(service), grace_s=GRACE_S)
        self._service = service
        self._console = console
        self._writers = writers
        self._children = children
        self._engines_live = live
        self._stack = AsyncExitStack()
        self.is_bereft = False

    async def on_tick(self, counter: int) -> bool:
        """Stop, too, when nobody keeps our engines any more: whoever supervises us starts all of
        it again, while we could only refuse."""
        if counter % _TICKS_A_SECOND == 0 and not self._engines_live():
            self.is_bereft = True
            return True
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do as uvicorn does, except that the signal is not raised again at the end: it would kill
        us before the engines are stopped."""
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for writer in self._writers:
            await self._stack.enter_async_context(writer.running())
        await super().startup(sockets)
        collect_seldom()
        sys.setswitchinterval(SWITCH_S)
        if self.should_exit or not sockets:
            return
        for child in self._children:
            await self._stack.enter_async_context(child.running())
        secret = await first_operator_key(self._service)
        if secret is not None:
            self._console.print(f"The operator key, shown this once: {secret}")
        host, port = sockets[0].getsockname()[:2]
        self._console.print(f"Tallystick listens on http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._stack.aclose()


async def first_operator_key(service: Service) -> str | None:
    """Return where no operator key exists, neither in the environment nor open in the ledger: make
    one.

    Two processes that start at once use one idempotency key, so only one of them makes it.
    """
    if service.settings.operator_key is not None:
        return None
    issued, still_open = await operator_keys(service.reader)
    if still_open:
        return None
    secret = secret_of(service.random(SECRET_BYTES))
    command = IssueApiKey(
        org=PLATFORM,
        actor=Actor("@operator", "tally serve", str(uuid.uuid4())),
        key=f"operator key {issued + 1}",
        sent={},
        key_id=new_key_id(service.random(KEY_ID_BYTES)),
        name="operator",
        role=Role.OPERATOR,
        secret_hash=hash_of(secret),
    )
    result = await service.writer.submit(command)
    return None if result.replayed else secret
