"""The public network: names looked up here, and nobody called but public machines.

A name may lead elsewhere each time it is asked for, so the addresses that were found are checked
and then called themselves. The certificate is still that of the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ipaddress import ip_address

import httpx

from ledger.kernel.errors import Invalid
from ledger.webhooks.address import host_of, is_public

LOOK_UP_S = 5.0
"""How long a name may take to be looked up."""

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host and a port. Raises OSError where it has none."""

_names = ThreadPoolExecutor(16, thread_name_prefix="names")
"""A look-up cannot be given up: who is slow to answer holds no thread of others."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates count: read once, as it takes long."""
    return ssl.create_default_context()


class NotPublic(httpx.ConnectError):
    """The name leads to a machine that is not everybody's."""


class PublicOnly(httpx.AsyncBaseTransport):
    """Calls the address that a name leads to, when all of its addresses are public."""

    def __init__(self, resolve: Resolve = resolve) -> None:
        self.resolve = resolve
        self._inner = httpx.AsyncHTTPTransport(verify=_trusted(), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = host_of(str(request.url))
        address = await public_address(host, port, self.resolve)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def public_address(host: str, port: int, resolve: Resolve = resolve) -> str:
    """Return an address of a host. Raises NotPublic where one of them is not public, and
    httpx.ConnectError where there is none."""
    loop = asyncio.get_running_loop()
    looking = loop.run_in_executor(_names, resolve, host, port)
    try:
        found = await asyncio.wait_for(looking, LOOK_UP_S)
    except (OSError, UnicodeError) as error:  # a TimeoutError is an OSError
        raise httpx.ConnectError("its name leads nowhere.") from error
    if not found or not all(is_public(ip_address(each)) for each in found):
        raise NotPublic("its name does not lead to a public machine.")
    return found[0]


async def require_public(url: str, resolve: Resolve = resolve) -> None:
    """Refuse a URL whose name leads to a machine that is not public. One that leads nowhere now is
    looked up again at each call."""
    try:
        await public_address(*host_of(url), resolve)
    except NotPublic:
        raise Invalid(
            "url must lead to a public machine: its name has a private, local or reserved address.",
            field="url",
        ) from None
    except httpx.ConnectError:
        return
