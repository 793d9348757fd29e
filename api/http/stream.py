"""Streams: answers that are made while they are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

STREAM_S = 3600.0
"""How long a stream may take in all; a reader that takes nothing is cut much sooner."""


class Stream(StreamingResponse):
    """A stream that has an end: with the last piece, with its reader, or in an hour.

    `place` is left then: what it counts is open streams.
    """

    def __init__(
        self,
        content: AsyncIterator[bytes | str],
        place: ExitStack,
        headers: dict[str, str],
        media_type: str,
    ) -> None:
        super().__init__(content, 200, headers, media_type)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place:
            try:
                async with asyncio.timeout(STREAM_S):
                    await super().__call__(scope, receive, send)
            except TimeoutError as error:
                raise ClientDisconnect from error  # what was begun cannot be refused any more


def streamed(description: str, media_types: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """Return what the contract says of a stream in one of these forms, as a route's `responses`."""
    names = sorted({media_type.partition(";")[0] for media_type in media_types})
    content = {name: {"schema": {"type": "string", "contentMediaType": name}} for name in names}
    return {200: {"description": description, "content": content}}
