"""Connections as the roles of the schema, and which URL leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo

from adapters.postgres import arrays
from ledger.kernel.errors import LedgerError, Unavailable

OWNER = "tally_owner"
WRITER = "tally_writer"
QUERY = "tally_query"


class NoCredential(LedgerError):
    """A credential that this process was not given, and needs."""

    code = "no_credential"


class DatabaseUrls:
    """How this process logs in as each role. To ask for one that it was not given raises
    NoCredential."""

    def __init__(
        self, *, owner: str | None = None, writer: str | None = None, query: str | None = None
    ) -> None:
        self._owner, self._writer, self._query = owner, writer, query

    @property
    def owner(self) -> str:
        """Of the login that migrates."""
        return _given(self._owner, "TALLY_DATABASE_URL")

    @property
    def owner_if_given(self) -> str | None:
        """The same, or None where this process has not got it."""
        return self._owner

    @property
    def writer(self) -> str:
        """Of `tally_writer`."""
        return _given(self._writer, "TALLY_WRITER_URL")

    @property
    def query(self) -> str:
        """Of `tally_query`."""
        return _given(self._query, "TALLY_QUERY_URL")

    def without_owner(self) -> DatabaseUrls:
        """Return what is left when everything is migrated: the logins of the roles."""
        return DatabaseUrls(writer=self._writer, query=self._query)

    def only_writer(self) -> DatabaseUrls:
        """Return what a process may hold that writes, and does nothing else."""
        return DatabaseUrls(writer=self.writer)


def _given(url: str | None, variable: str) -> str:
    if url is None:
        raise NoCredential(f"this needs a credential that is not there: set {variable}.")
    return url


def as_role(url: str, role: str) -> str:
    """Return the same server and login, every statement as `role` and under its row security."""
    options = conninfo.conninfo_to_dict(url).get("options") or ""
    return conninfo.make_conninfo(url, options=f"{options} -c role={role}".strip())


def connect(url: str, *, name: str, is_durable: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection in autocommit mode that prepares every statement at once.

    Commits flush to disk before they answer, whatever the server's default is, unless they need not
    be durable: then a server that crashes may lose the last of them, in their order.
    """
    connection = psycopg.connect(
        url,
        autocommit=True,
        prepare_threshold=0,
        application_name=f"tallystick {name}",
        connect_timeout=5,
    )
    arrays.register(connection)
    connection.execute(
        f"SET synchronous_commit = {'on' if is_durable else 'off'}; "
        "SET search_path = pg_catalog, pg_temp; "
        "SET lock_timeout = '5s'; SET statement_timeout = '60s'",
        prepare=False,
    )
    return connection


class Connecting:
    """Something with a connection of its own, opened when first used and again after it was lost.

    Used by one thread at a time.
    """

    purpose: str
    """What the connection is called at the server."""

    is_durable = True
    """Whether its commits are on disk before they answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[Any]:
        """Return the connection. Raises Unavailable."""
        if self._connection is None or self._connection.closed:
            with unavailable():
                self._connection = connect(self._url, name=self.purpose, is_durable=self.is_durable)
        return self._connection

    def _run(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, if it has any. Raises Unavailable."""
        with unavailable():
            cursor = self._connected().execute(query, parameters, binary=True)
            return cursor.fetchall() if cursor.description is not None else []


@contextmanager
def unavailable(fails_to: str = "answer") -> Iterator[None]:
    """Turn what PostgreSQL fails in here into Unavailable."""
    try:
        yield
    except psycopg.Error as error:
        raise Unavailable(f"PostgreSQL does not {fails_to}: {first_line(error)}") from error


def first_line(error: psycopg.Error) -> str:
    """Return what went wrong, without the row that it went wrong with: a person may have written
    in it."""
    return str(error).partition("\n")[0]
