"""The secrets that the database keeps for the service, each read through a function of its own."""

from __future__ import annotations

import psycopg

from adapters.postgres.connection import unavailable


def cursor_key(query: str) -> bytes:
    """Return what cursors are authenticated with: the same in every process. Raises Unavailable."""
    with unavailable(), psycopg.connect(query, connect_timeout=5) as connection:
        ((key,),) = connection.execute("SELECT tally.cursor_key()").fetchall()
        return bytes(key)
