"""Credential changes: keys revoked or rotated, roles changed, told by PostgreSQL as it commits.

What was not heard is not taken for unchanged. We notify ourselves at every beat: that comes back
only over a line that works, and after all that was committed before it, as notifications keep the
order of their commits.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any, Protocol

import psycopg
from psycopg import AsyncConnection, sql

from api.queries.reader import hang_up

CHANNEL = "tally_credentials"
"""What `tally.put_api_keys` and `tally.put_role_books` notify of: org and id of a key, or none."""

ROLES = ""
"""In place of the id of a key: the roles that an org has made for itself."""

BEAT_S = 0.2
ANSWERS_WITHIN_S = 3.0
"""A server that takes longer is asked over another line."""

PAUSE_S = 0.2
"""Between two attempts to have a line."""


class Listener(Protocol):
    """Who wants to know."""

    def began(self) -> None:
        """Take what was found out before for unknown: it may have changed unheard."""

    def heard(self, asked_at: float) -> None:
        """Take everything up to a moment, by the monotonic clock, for told."""

    def changed(self, org: str, key: str) -> None:
        """Take a key, or the roles of an org (`ROLES`), for unknown."""


class CredentialChanges:
    """Listens as `tally_query`, on a connection of its own, and again when that is lost."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def tell(self, listener: Listener) -> None:
        """Tell a listener of all changes, for ever."""
        while True:
            with suppress(psycopg.Error, OSError):
                await self._listen(listener)
            await asyncio.sleep(PAUSE_S)

    async def _listen(self, listener: Listener) -> None:
        """Tell of changes until the line is lost."""
        async with await AsyncConnection.connect(
            self._url,
            autocommit=True,
            application_name="tallystick credential changes",
            connect_timeout=5,
        ) as connection:
            own = f"tally_heard_{connection.info.backend_pid}"
            for channel in (CHANNEL, own):
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            listener.began()
            while True:
                await self._beat(connection, own, listener)

    async def _beat(self, connection: AsyncConnection[Any], own: str, listener: Listener) -> None:
        asked_at = time.monotonic()
        end = asyncio.get_running_loop().call_later(ANSWERS_WITHIN_S, hang_up, connection)
        try:
            await connection.execute("SELECT pg_notify(%s, '')", [own])
        finally:
            end.cancel()
        async for each in connection.notifies(timeout=BEAT_S):
            if each.channel == own:
                listener.heard(asked_at)
            else:
                org, _, key = each.payload.partition(" ")
                listener.changed(org, key)
