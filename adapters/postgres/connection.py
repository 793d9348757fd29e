"""Connections as the roles of the schema, and which URL leads to them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import conninfo

from adapters.postgres import arrays

WRITER = "tally_writer"
QUERY = "tally_query"


@dataclass(frozen=True)
class DatabaseUrls:
    """How each role connects.

    `owner` migrates. Writer and query default to the owner's URL with `role` set for the session,
    which needs no passwords; give `TALLY_WRITER_URL` and `TALLY_QUERY_URL` for logins of their own,
    so that a running service never holds the owner's credential.
    """

    owner: str
    writer: str
    query: str

    @classmethod
    def of(cls, owner: str) -> DatabaseUrls:
        """From the owner's URL and the environment."""
        return cls(
            owner=owner,
            writer=os.environ.get("TALLY_WRITER_URL") or as_role(owner, WRITER),
            query=os.environ.get("TALLY_QUERY_URL") or as_role(owner, QUERY),
        )


def as_role(url: str, role: str) -> str:
    """The same server and login, every statement as `role` and under its row security."""
    options = conninfo.conninfo_to_dict(url).get("options") or ""
    return conninfo.make_conninfo(url, options=f"{options} -c role={role}".strip())


def connect(url: str, *, name: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection in autocommit mode that prepares every statement at once.

    Commits flush to disk before they answer, whatever the server's default is.
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
        "SET synchronous_commit = on; SET search_path = pg_catalog; "
        "SET lock_timeout = '5s'; SET statement_timeout = '60s'",
        prepare=False,
    )
    return connection
