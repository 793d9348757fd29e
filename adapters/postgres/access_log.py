"""The access logs in PostgreSQL, as the writer: `schemas/postgres/0008_authorisation_log.sql`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from adapters.postgres import arrays
from adapters.postgres.connection import Connecting, connect, unavailable
from adapters.postgres.snapshot_queries import TEXT_OWNERS
from ledger.access_log.log import AccessLink, Refused
from ledger.access_log.ports import KnownSecret
from ledger.kernel.chain import GENESIS, Head
from ledger.kernel.errors import Unavailable
from ledger.kernel.texts import Text, TextOwner
from ledger.ports import OutcomeUnknown, RaceLost

_RACE_LOST, _UNIQUE_VIOLATION = "TS001", "23505"
_APPEND = (
    "SELECT tally.append_access("
    "%b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bytea[], %b::bigint[], "
    "%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], "
    "%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], "
    "%b::text[], %b::bytea[], "
    "%b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::text[])"
)
COLUMNS = ", ".join(("org", "sequence", *Refused._fields[1:], "hash"))
_FETCHED = 1_000


def link_of(row: Sequence[Any]) -> AccessLink:
    """Return an entry from its columns."""
    org, sequence, *fields, digest = row
    return AccessLink(Refused(org, *fields), sequence, bytes(digest))


class PostgresAccessLog(Connecting):
    """Writes the access logs; connects when first used."""

    purpose = "access log"

    def heads(self, orgs: Iterable[str]) -> dict[str, Head]:
        query = (
            "SELECT org, sequence, hash, recorded_us FROM tally.access_heads "
            "WHERE org = ANY(%b::text[])"
        )
        return {org: Head(*head) for org, *head in self._run(query, [list(orgs)])}

    def owners_of(self, secret_hashes: Iterable[str]) -> dict[str, KnownSecret]:
        query = (
            "SELECT secret_hash, org, id, coalesce(subject, '') FROM tally.api_keys "
            "WHERE secret_hash = ANY(%b::text[])"
        )
        rows = self._run(query, [list(secret_hashes)])
        return {secret_hash: KnownSecret(*owner) for secret_hash, *owner in rows}

    def append(
        self,
        before: Mapping[str, Head],
        after: Mapping[str, Head],
        links: Sequence[AccessLink],
        texts: Sequence[tuple[str, Text]],
    ) -> None:
        orgs = sorted(after)
        rows = [(e.org, sequence, *e[1:], digest) for e, sequence, digest in links]
        parameters = [
            orgs,
            [before[org].sequence for org in orgs],
            [before[org].hash for org in orgs],
            [after[org].sequence for org in orgs],
            [after[org].hash for org in orgs],
            [after[org].recorded_us for org in orgs],
            *(list(column) for column in zip(*rows, strict=True)),
            *arrays.columns(
                [(o, t.digest, t.kind, t.person, t.salt, t.content) for o, t in texts], 6
            ),
        ]
        connection = self._connected()
        try:
            connection.execute(_APPEND, parameters, binary=True)
        except psycopg.Error as error:
            if connection.closed:
                raise OutcomeUnknown("the connection was lost while committing.") from error
            if error.sqlstate in (_RACE_LOST, _UNIQUE_VIOLATION):
                raise RaceLost("another process moved the head of an access log.") from error
            raise Unavailable(f"PostgreSQL does not take the access log: {error}") from error

    def is_committed(self, link: AccessLink) -> bool:
        org = link.entry.org
        with (
            unavailable(),
            self._connected().transaction(force_rollback=True) as transaction,
        ):
            # The dead connection's transaction may still run: its lock on the head ends it.
            # A log without a head yet has none to lock, so we wait to insert the same row.
            transaction.connection.execute(
                "INSERT INTO tally.access_heads (org, sequence, hash, recorded_us) "
                "VALUES (%s, 0, %s, 0) ON CONFLICT DO NOTHING",
                [org, GENESIS],
            )
            transaction.connection.execute(
                "SELECT FROM tally.access_heads WHERE org = %s FOR UPDATE", [org]
            )
            row = transaction.connection.execute(
                "SELECT hash FROM tally.access_log WHERE org = %s AND sequence = %s",
                [org, link.sequence],
            ).fetchone()
        return row is not None and bytes(row[0]) == link.hash


class AccessLogSnapshot:
    """All access logs at one moment, in pages: what verification looks at."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def pages(self) -> Iterator[list[AccessLink]]:
        """Yield every entry, in the order of orgs and sequences; memory stays constant."""
        with self._connection.cursor("access_log") as cursor:
            cursor.execute(
                f'SELECT {COLUMNS} FROM tally.access_log ORDER BY org COLLATE "C", sequence'
            )
            while rows := cursor.fetchmany(_FETCHED):
                yield list(map(link_of, rows))

    def heads(self) -> dict[str, Head]:
        """Return the heads of all logs."""
        rows = self._connection.execute(
            "SELECT org, sequence, hash, recorded_us FROM tally.access_heads", binary=True
        )
        return {org: Head(*head) for org, *head in rows.fetchall()}

    def text_owners(self, digests: Iterable[tuple[str, str]]) -> dict[tuple[str, str], TextOwner]:
        """Return whose texts are those that have a row, erased or not."""
        columns = arrays.columns(sorted(digests), 2)
        rows = self._connection.execute(TEXT_OWNERS, columns, binary=True)
        return {(org, digest): TextOwner(*owner) for org, digest, *owner in rows.fetchall()}


@contextmanager
def access_log_snapshot(url: str) -> Iterator[AccessLogSnapshot]:
    """Give the access logs at one moment. Raises Unavailable."""
    with unavailable(), connect(url, name="verify access log") as connection:
        connection.execute("SET statement_timeout = 0")
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield AccessLogSnapshot(connection)
