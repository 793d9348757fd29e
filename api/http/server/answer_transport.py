"""The transport of answers: one write an answer, with the headers that every answer has.

uvicorn writes the head of an answer and its body apart, and each write goes to the kernel at once:
twice the cost of what is often the largest part of a debit, here and at the client. Here the head
waits for what follows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

Header = tuple[bytes, bytes]

CLOSE: Header = (b"connection", b"close")
"""Said with the last answer of a connection."""

_INTERIM = b"HTTP/1.1 1"
_STATUS_LINE = b"HTTP/1.1 "
_END = b"\r\n"
_OF_EVERY_ANSWER = b"cache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n"
"""Answers hold secrets and balances: nobody between keeps them, and nobody guesses what they are.
Here, so that no answer can be without."""


class AnswerTransport:
    """A transport whose writes of a head wait for the write of a body, the end or the close; what
    has both goes through `write_whole`."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_STATUS_LINE) and not data.startswith(_INTERIM):
            self._head = data.removesuffix(_END) + _OF_EVERY_ANSWER
            return
        self._transport.write(data)

    def write_whole(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        """Write an answer whose headers are clean and say how long its body is."""
        if self._head:
            self.flush()
        parts = [STATUS_LINE[status]]
        for name, value in headers:
            parts += (name, b": ", value, _END)
        parts += (_OF_EVERY_ANSWER, body)
        self._transport.write(b"".join(parts))

    def flush(self) -> None:
        """Flush: what follows may take long, or never come."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
