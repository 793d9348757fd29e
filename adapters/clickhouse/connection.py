"""Connection: clients for a ClickHouse URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.exceptions import Error as DriverError
from urllib3.exceptions import HTTPError

from ledger.kernel.errors import Unavailable

PATIENCE_S = 300
"""What the driver waits by itself: a large insert may take long."""

_PORTS = {"http": 8123, "https": 8443}
_ERRORS = (ClickHouseError, DriverError, HTTPError, OSError)


@contextmanager
def answering() -> Iterator[None]:
    """Turn what goes wrong with ClickHouse inside into Unavailable: it is only a copy."""
    try:
        yield
    except _ERRORS as error:
        raise Unavailable(f"ClickHouse does not take it: {error}") from error


def connect(url: str, *, database: str | None = None, patience_s: int = PATIENCE_S) -> Client:
    """Return a client for `http[s]://user:password@host:port/database`; raises Unavailable.

    An answer may take `patience_s` to come.

    Without a session: sessions would forbid two queries at once.
    """
    parts = urlsplit(url)
    with answering():
        return clickhouse_connect.get_client(
            host=parts.hostname or "localhost",
            port=parts.port or _PORTS[parts.scheme],
            username=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=database or database_of(url),
            secure=parts.scheme == "https",
            send_receive_timeout=patience_s,
            autogenerate_session_id=False,
            client_name="tallystick",
        )


def database_of(url: str) -> str:
    """Return the database a URL names."""
    return urlsplit(url).path.strip("/") or "default"
