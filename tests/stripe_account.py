"""An account at the sandbox, as tests use it: the SDK, a buyer before its pages, its control."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import httpx
import stripe

from adapters.embedded.stripe_sandbox.access import Access

PATIENCE_S = 60.0
LOOK_S = 0.01


class Account:
    """What somebody does who has the key of an account. `url`: None is the real Stripe."""

    def __init__(self, api_key: str, url: str | None = None) -> None:
        self.api_key = api_key
        self.url = url

    @asynccontextmanager
    async def sdk(self) -> AsyncIterator[stripe.StripeClient]:
        """The SDK itself."""
        http = stripe.HTTPXClient()
        addresses: Any = {"api": self.url} if self.url else {}
        try:
            yield stripe.StripeClient(
                self.api_key, base_addresses=addresses, http_client=http, max_network_retries=0
            )
        finally:
            await http.close_async()  # type: ignore[no-untyped-call]


class SandboxAccount(Account):
    """An account at the sandbox."""

    def __init__(self, access: Access) -> None:
        super().__init__(access.api_key, access.url())
        self.secret = access.webhook_secret

    async def control(self, path: str, method: str = "POST", **given: Any) -> Any:
        """Ask for what only the sandbox has."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        async with httpx.AsyncClient(headers=headers) as client:
            answer = await client.request(method, f"{self.url}/sandbox{path}", json=given)
        assert answer.is_success, answer.text
        return answer.json()

    async def fail_next(self, *faults: str) -> None:
        """Have the next calls fail."""
        await self.control("/faults", "PUT", next=faults)

    async def deliver(self) -> None:
        """Have all that the sandbox has to tell be told: it is once nothing is left."""
        deadline = time.monotonic() + PATIENCE_S
        while (await self.control("/deliveries"))["deliveries"]:
            assert time.monotonic() < deadline, "a notice is never taken"
            await asyncio.sleep(LOOK_S)

    async def pay(self, url: str, number: str = "4242424242424242") -> httpx.Response:
        """Fill in a page as a buyer does."""
        form = {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ann"}
        async with httpx.AsyncClient() as client:
            return await client.post(url, data=form)

    async def press(self, url: str, button: str, value: str) -> httpx.Response:
        """Press a button of a page."""
        async with httpx.AsyncClient() as client:
            return await client.post(url, data={button: value})


class Told(NamedTuple):
    """What an endpoint was told."""

    content: bytes
    signature: str


class Listening:
    """An endpoint of webhooks, which answers with `statuses`, then 200."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.statuses: list[int] = []
        self._told: queue.Queue[Told] = queue.Queue()

    def put(self, told: Told) -> int:
        """Keep what was told, and return what is answered."""
        self._told.put(told)
        return self.statuses.pop(0) if self.statuses else 200

    def next(self) -> Told:
        """What it is told next."""
        return self._told.get(timeout=PATIENCE_S)

    def so_far(self) -> list[Told]:
        """All that it was told and nobody has taken."""
        found = []
        while not self._told.empty():
            found.append(self._told.get_nowait())
        return found


@contextmanager
def listening() -> Iterator[Listening]:
    """Serve an endpoint meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status = endpoint.put(Told(content, self.headers.get("Stripe-Signature", "")))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Listening(f"http://127.0.0.1:{server.server_port}/webhooks/stripe")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
