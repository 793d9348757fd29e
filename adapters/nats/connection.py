"""Connection: clients of the servers of one NATS cluster."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoServersError

from adapters.nats.address import NatsAddress
from ledger.kernel.errors import Unavailable
from projections.ports import FeedBroken

CONNECT_S = 3
CLOSED_S = 1

VERSION_MIN = (2, 12)
"""The first that stores a batch of messages whole or not at all."""

PAUSE_MAX_S = 60.0
"""After which the server may have given us up: it pings every two minutes."""

T = TypeVar("T")


class UnsuitableNats(FeedBroken):
    """A server that cannot do what is needed of it: a person has to look."""

    code = "unsuitable_nats"


@contextmanager
def answering() -> Iterator[None]:
    """Turn what goes wrong with NATS inside into Unavailable: nothing of the ledger needs it."""
    try:
        yield
    except (NatsError, OSError, TimeoutError) as error:
        raise Unavailable(f"NATS does not take it: {error or type(error).__name__}") from error
    except asyncio.CancelledError as error:
        if _is_cancelled():
            raise
        raise Unavailable("NATS was lost.") from error  # the client cancels who waits for it


def _is_cancelled() -> bool:
    """Tell whether somebody has cancelled the task that runs."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() > 0


async def connect(address: NatsAddress, name: str, inbox: str = "_INBOX") -> Client:
    """Return a client of the first server that answers. Raises Unavailable, or UnsuitableNats.

    It does not connect again by itself: whoever loses it connects anew, and knows of it. `inbox`:
    how the subjects begin that it has answers sent to.
    """
    last: Unavailable | None = None
    for url in address.urls:
        try:
            with answering():
                return _suitable(await _connect_to(url, address, name, inbox))
        except Unavailable as error:
            last = error
    raise last or Unavailable("no server of NATS is configured.")


async def _connect_to(url: str, address: NatsAddress, name: str, inbox: str) -> Client:
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    logins: dict[str, Any] = {}
    if parts.username:
        logins = {"user": unquote(parts.username), "password": unquote(parts.password or "")}
    if address.credentials is not None:
        logins = {"user_credentials": str(address.credentials)}
    if parts.scheme == "tls":
        logins["tls"] = ssl.create_default_context(cafile=address.ca)
    client, errors = Client(), list[Exception]()

    async def note(error: Exception) -> None:
        errors.append(error)

    try:
        await client.connect(
            bare,
            name=f"tallystick {name}",
            allow_reconnect=False,
            max_reconnect_attempts=1,  # of a server that is not there; the client knows no less
            reconnect_time_wait=0,
            connect_timeout=CONNECT_S,
            error_cb=note,
            inbox_prefix=inbox,
            **logins,
        )
    except BaseException as error:
        with suppress(TimeoutError):  # after a wrong certificate it waits for ever
            async with asyncio.timeout(CLOSED_S):
                await client.close()
        if isinstance(error, NoServersError) and errors:
            raise errors[-1] from error
        raise
    return client


def _suitable(client: Client) -> Client:
    version = client.connected_server_version
    if (version.major, version.minor) < VERSION_MIN:
        wanted = ".".join(map(str, VERSION_MIN))
        raise UnsuitableNats(f"NATS must be {wanted} or newer; this server is {version}.")
    return client


class Connecting:
    """A client that one thread uses now and then. It connects when it is used, and anew after a
    failure or a pause: nobody hears the server's pings in between."""

    purpose: str

    def __init__(self, address: NatsAddress) -> None:
        self._address = address
        self._loop: asyncio.Runner | None = None
        self._client: Client | None = None
        self._used_at = 0.0

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._loop is not None:
            self._loop.run(self._disconnect())
            self._loop.close()
            self._loop = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            self._loop = asyncio.Runner()
        try:
            with answering():
                return self._loop.run(work)
        except Unavailable:
            self._loop.run(self._disconnect())
            raise
        finally:
            self._used_at = time.monotonic()

    async def _connected(self) -> Client:
        if time.monotonic() - self._used_at > PAUSE_MAX_S:
            await self._disconnect()
        if self._client is None:
            self._client = await connect(self._address, self.purpose)
        return self._client

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
