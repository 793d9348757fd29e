"""The secrets that the database keeps for the service, each read through a function of its own."""

from __future__ import annotations

from typing import LiteralString

import psycopg

from adapters.postgres.connection import unavailable


def cursor_key(query: str) -> bytes:
    """Return what cursors are authenticated with: the same in every process. Raises Unavailable."""
    return _secret(query, "SELECT tally.cursor_key()")


def webhook_key(query: str) -> bytes:
    """Return what the secrets of webhooks are made of. Raises Unavailable."""
    return _secret(query, "SELECT tally.webhook_key()")


def _secret(query: str, question: LiteralString) -> bytes:
    with unavailable(), psycopg.connect(query, connect_timeout=5) as connection:
        ((key,),) = connection.execute(question).fetchall()
        return bytes(key)
