"""A lazy client: of a database of which nothing is missing, opened when it is first used."""

from __future__ import annotations

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.tables import migrated_client


class LazyClient:
    """Used by one thread at a time, for as many tables as there are."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None

    def open(self) -> Client:
        """Return the client. Raises Unavailable."""
        if self._client is None:
            self._client = migrated_client(self._url)
        return self._client

    def close(self) -> None:
        """Close it; the next use opens another."""
        if self._client is not None:
            self._client.close()
            self._client = None
