"""The limit store: Redis or Valkey, where services that share limits count, by the `limits`
library."""

from __future__ import annotations

from limits.aio.storage import Storage
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

PATIENCE_S = 0.25
"""How long a store may take to answer; a request waits for it."""


class LimitStore:
    """Counters at a URL. Raises ValueError where none can be there, OSError while it is gone."""

    def __init__(self, url: str) -> None:
        scheme, separator, rest = url.partition("://")
        client = scheme.replace("redis", "valkey")  # who speaks to both, and is what we install
        try:
            self._storage: Storage = storage_from_string(
                f"async+{client}{separator}{rest}",
                wrap_exceptions=True,
                key_prefix="tally",
                socket_timeout=PATIENCE_S,
                socket_connect_timeout=PATIENCE_S,
            )
        except ConfigurationError as error:
            raise ValueError(str(error)) from error

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        try:
            return int(await self._storage.incr(key, expiry, amount))
        except StorageError as error:
            raise ConnectionError(str(error)) from error

    async def close(self) -> None:
        """Close its connections."""
        await self._storage.bridge.storage.aclose()
