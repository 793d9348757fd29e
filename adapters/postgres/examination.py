"""The examination of a server: what it says of itself and of a login, changing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from adapters.postgres.connection import OWNER, QUERY, WRITER, connect, unavailable
from adapters.postgres.migrations import migrations
from adapters.postgres.shards import base_in_sql

_SETTINGS = [
    *("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "server_encoding"),
    *("wal_level", "archive_mode", "server_version_num", "server_version"),
]

_LOGIN = f"""
SELECT current_user, r.rolsuper, r.rolbypassrls,
       coalesce(pg_has_role(to_regrole('{OWNER}'), 'MEMBER'), false),
       coalesce(pg_has_role(to_regrole('{WRITER}'), 'USAGE'), false),
       coalesce(pg_has_role(to_regrole('{QUERY}'), 'USAGE'), false),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       (SELECT jsonb_object_agg(name, reset_val) FROM pg_settings WHERE name = ANY (%s)),
       to_regclass('public.tally_migrations') IS NOT NULL
  FROM pg_roles r WHERE r.rolname = current_user
"""

_BEHIND = f"""
SELECT n.name, sum(s.position - coalesce(p.position, {base_in_sql("s.id")}))::bigint
  FROM unnest(%s::text[]) AS n (name)
 CROSS JOIN tally.shard s
  LEFT JOIN tally.projections p ON p.name = n.name AND p.shard = s.id
 GROUP BY n.name ORDER BY n.name
"""
_ALARMS = "SELECT alarm, times, last_us, why FROM tally.alarms ORDER BY last_us DESC"
_WITNESSES = """
SELECT w.name, w.error,
       (SELECT min(c.sealed_us) FROM tally.checkpoints c WHERE c.sealed_us > w.delivered_us)
  FROM tally.witnesses w WHERE w.active ORDER BY w.name
"""

_LEASES = """
SELECT shard, service, until_us > extract(epoch FROM clock_timestamp()) * 1000000
  FROM tally.leases ORDER BY shard
"""


@dataclass(frozen=True)
class LoginFacts:
    """A login, and the server as it sees it. `lacking`: the migrations that it has not; None: there
    is no ledger."""

    name: str
    is_superuser: bool
    is_exempt: bool
    is_owner: bool
    is_writer: bool
    is_reader: bool
    now_us: int
    settings: dict[str, str]
    lacking: list[str] | None


@dataclass(frozen=True)
class RaisedAlarm:
    """An alarm: how often it was raised, when last, and what was said."""

    name: str
    times: int
    last_us: int
    why: str


@dataclass(frozen=True)
class LedgerFacts:
    """How far the processes of a ledger are. `behind`: how many events each follower has still to
    take; `witnesses`: each, why it failed last, and when the oldest was signed that it has not;
    `leases`: of each shard the service that wrote it last, and whether it holds it."""

    behind: dict[str, int]
    alarms: list[RaisedAlarm]
    witnesses: list[tuple[str, str | None, int | None]]
    leases: list[tuple[int, str, bool]]


def examine_login(url: str) -> LoginFacts:
    """Return what a login is and sees. Raises Unavailable."""
    with unavailable(), connect(url, name="doctor") as connection:
        ((*facts, is_made),) = connection.execute(_LOGIN, [_SETTINGS]).fetchall()
        return LoginFacts(*[*facts, _lacking(connection) if is_made else None])


def examine_ledger(writer: str, followers: Sequence[str]) -> LedgerFacts:
    """Return how far it is, as the writer sees it. Raises Unavailable."""
    with unavailable(), connect(writer, name="doctor") as connection:
        return LedgerFacts(
            dict(connection.execute(_BEHIND, [list(followers)]).fetchall()),
            [RaisedAlarm(*row) for row in connection.execute(_ALARMS)],
            connection.execute(_WITNESSES).fetchall(),
            connection.execute(_LEASES).fetchall(),
        )


def _lacking(connection: psycopg.Connection[Any]) -> list[str]:
    done = {name for (name,) in connection.execute("SELECT name FROM public.tally_migrations")}
    return [name for name, _ in migrations() if name not in done]
