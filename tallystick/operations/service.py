"""Operations on service, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from tallystick.transport import Call, Transport
from tallystick.values.service import Ready, Status


class ServiceOperations(Transport):
    """The operations on service."""

    def healthz(self) -> Status:
        """The process answers."""
        return self._send(Call[Status](method="GET", path="/healthz", result=Status, query={}))

    def readyz(self) -> Ready:
        """The database answers and has every migration, the writer takes commands, and what was
        recorded is signed.
        """
        return self._send(Call[Ready](method="GET", path="/readyz", result=Ready, query={}))

    def metrics(self) -> str:
        """For Prometheus."""
        return self._send(Call[str](method="GET", path="/metrics", result=str, query={}))
