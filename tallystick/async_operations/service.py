"""Operations on service, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from tallystick.transport import AsyncTransport, Call
from tallystick.values.service import Ready, Status


class AsyncServiceOperations(AsyncTransport):
    """The operations on service."""

    async def healthz(self) -> Status:
        """The process answers."""
        return await self._send(
            Call[Status](method="GET", path="/healthz", result=Status, query={})
        )

    async def readyz(self) -> Ready:
        """The database answers and has every migration, the writer takes commands, and what was
        recorded is signed.
        """
        return await self._send(Call[Ready](method="GET", path="/readyz", result=Ready, query={}))

    async def metrics(self) -> str:
        """For Prometheus."""
        return await self._send(Call[str](method="GET", path="/metrics", result=str, query={}))
