"""Address: where the servers of one NATS cluster are. Nobody who only knows it loads a client."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class NatsAddress(NamedTuple):
    """The servers of one cluster, and how to log in to them. `credentials`: the file of a user's
    JWT and seed. `ca`: certificates to trust in place of the machine's."""

    urls: tuple[str, ...]
    credentials: Path | None = None
    ca: Path | None = None
