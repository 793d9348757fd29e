"""ClickHouse's HTTP interface in front of chdb, so that clickhouse-connect finds a server.

It does what clickhouse-connect 1.12 and curl need: queries, commands and inserts in every
format, parameters, settings and database per request, error codes, summaries. It refuses,
with ClickHouse's code 48, what it does not do: statements that need a session (SET, USE,
temporary tables, transactions), external tables, roles, ClickHouse's own body compression.
Answers are not compressed (loopback) and not streamed; a query id is echoed but not the
engine's, and a client that hangs up does not cancel its query.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import uvicorn

from adapters.embedded.clickhouse import USER
from adapters.embedded.clickhouse_analysts import org_of, password_of
from adapters.embedded.clickhouse_engine import Answer, Engine
from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_request import Request, Work, parse_arguments

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_AT_ONCE = 16  # statements that run; the engine divides the cores among them
_MAY_WAIT = 512  # more than that are told to come again
_LARGEST_BODY = 1024**3
_GRACE = 2  # seconds running statements get when the server is told to stop


class Front:
    """The ASGI application."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine = engine
        self._secret = secret
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="statement")
        self.active = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = _request(scope)
        try:
            answer = await self._answer(request, receive)
            await _respond(send, 200, self._headers(request, answer), answer.body)
        except Refusal as refusal:
            await self._refuse(send, request, refusal)

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        if request.path == "/ping" or (request.path == "/" and _is_empty(request)):
            return Answer(b"Ok.\n", "TabSeparated")
        if request.path != "/":
            raise Refusal(48, f"There is no handler {request.path}.")
        user, _ = request.credentials()
        analyst_of = org_of(user)
        name, secret = (
            (USER, self._secret)
            if analyst_of is None
            else (user, password_of(self._secret, analyst_of))
        )
        if not request.may_enter(name, secret):
            raise Refusal(
                516,
                "Authentication failed: password is incorrect, or there is no such user.",
            )
        if self.active >= _AT_ONCE + _MAY_WAIT:
            raise Refusal(202, "Too many simultaneous queries.")
        self.active += 1
        try:
            return await self._run(request, await _body(receive), analyst_of)
        finally:
            self.active -= 1

    async def _run(self, request: Request, body: bytes, analyst_of: str | None) -> Answer:
        whole = Request(request.method, request.path, request.arguments, request.headers, body)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: self._engine.run(Work.of(whole, analyst_of))
        )

    async def _refuse(self, send: Send, request: Request, refusal: Refusal) -> None:
        headers = self._headers(request, Answer())
        headers["X-ClickHouse-Exception-Code"] = str(refusal.code)
        await _respond(send, refusal.status, headers, refusal.body(self._engine.version))

    def _headers(self, request: Request, answer: Answer) -> dict[str, str]:
        headers = {
            "Content-Type": _content_type(answer.format),
            "X-ClickHouse-Server-Display-Name": self._engine.host,
            "X-ClickHouse-Timezone": self._engine.timezone,
            "X-ClickHouse-Query-Id": request.arguments.get("query_id") or request.query_id,
            "X-ClickHouse-Summary": json.dumps(answer.summary),
        }
        if answer.format:
            headers["X-ClickHouse-Format"] = answer.format
        return headers


def _request(scope: Scope) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    arguments = parse_arguments(scope["query_string"])
    return Request(scope["method"], scope["path"] or "/", arguments, headers)


def _is_empty(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and "query" not in request.arguments


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(117, "The client hung up before its request was whole.")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _LARGEST_BODY:
            raise Refusal(223, f"A body may have at most {_LARGEST_BODY} bytes.")
        if not message.get("more_body"):
            return b"".join(pieces)


def _content_type(name: str | None) -> str:
    if name is None or name.startswith(("TabSeparated", "TSV", "Pretty", "Vertical")):
        return "text/plain; charset=UTF-8"
    if name.startswith("JSON"):
        return "application/json; charset=UTF-8"
    if name.startswith("CSV"):
        return "text/csv; charset=UTF-8"
    return "application/octet-stream"


async def _respond(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    pairs.append((b"Content-Length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


class _Announcing(uvicorn.Server):
    """A server that says on a pipe when it serves."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self._ready, b"1")
        os.close(self._ready)


def main() -> None:
    options = _options()
    # A path through the handle has no character that chdb's connection string or globs read.
    home = f"/proc/self/fd/{options.home}"
    engine = Engine(f"{home}/data", f"{home}/config.xml")
    front = Front(engine, Path(home, "secret").read_text().strip())
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it is done
    config = uvicorn.Config(
        front,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=3600,  # a pooled connection must not close under the next insert
        timeout_graceful_shutdown=_GRACE,
    )
    _Announcing(config, options.ready).run(sockets=[socket.socket(fileno=options.listen)])
    if front.active == 0:
        engine.close()
    os._exit(0)  # a statement that still runs would hold an orderly exit back


def _options() -> argparse.Namespace:
    """Return the handles that the supervisor left open for us."""
    parser = argparse.ArgumentParser()
    for name in ("--home", "--listen", "--ready"):
        parser.add_argument(name, type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
