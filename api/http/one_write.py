"""The HTTP protocol of the server, with one write an answer.

uvicorn writes the head of an answer and its body apart, and each write goes to the kernel at once:
twice the cost of what is often the largest part of a debit, here and at the client (measured: a
fifth of the event loop). Here the head waits for what follows it.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_INTERIM = b"HTTP/1.1 1"
_STATUS_LINE = b"HTTP/1.1 "


class _HeadWaits:
    """A transport whose writes of a head wait for the write of a body, the end or the close."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_STATUS_LINE) and not data.startswith(_INTERIM):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """What follows may take long, or never come."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol over such a transport."""

    def connection_made(  # type: ignore[override]
        self, transport: asyncio.Transport
    ) -> None:
        self._waiting = _HeadWaits(transport)
        super().connection_made(cast("asyncio.Transport", self._waiting))

    def on_response_complete(self) -> None:
        self._waiting.flush()
        super().on_response_complete()
