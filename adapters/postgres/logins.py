"""Logins of the roles: those that are configured, or one each that the owner makes.

A login that is made is this database's own (`tally_writer_16384`), so that another ledger on the
same server has others. Its password stands in the database, where only the owner reads it: every
process with the owner's URL finds the same one, and none has to be told.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import conninfo, errors, sql

from adapters.postgres.connection import QUERY, WRITER, DatabaseUrls, NoCredential, unavailable

_LOGIN = """
SELECT d.oid::text, encode(s.secret, 'hex')
  FROM pg_database d, tally.secrets s
 WHERE d.datname = current_database() AND s.name = %s
"""


def log_in(owner: str, *, writer: str | None = None, query: str | None = None) -> DatabaseUrls:
    """Return the URL of each role in a migrated database; what is not given is made by its owner.

    Raises NoCredential where it may not be made, or does not open the database.
    """
    if writer is not None and query is not None:
        return DatabaseUrls(owner=owner, writer=writer, query=query)
    with unavailable(), psycopg.connect(owner, autocommit=True, connect_timeout=5) as connection:
        return DatabaseUrls(
            owner=owner,
            writer=writer or _login(connection, owner, WRITER),
            query=query or _login(connection, owner, QUERY),
        )


def _login(connection: psycopg.Connection[Any], owner: str, role: str) -> str:
    ((database, password),) = connection.execute(_LOGIN, [role]).fetchall()
    name = f"{role}_{database}"
    url = conninfo.make_conninfo(owner, user=name, password=password)
    if not _opens(url):
        try:
            _make(connection, role, name, password)
        except errors.InsufficientPrivilege as error:
            raise _refused(name, role, str(error)) from error
        if not _opens(url):
            raise _refused(name, role, "PostgreSQL lets it in nowhere (pg_hba.conf)")
    return url


def _opens(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _make(connection: psycopg.Connection[Any], role: str, name: str, password: str) -> None:
    """The login, or its password again. The server is told a verifier, so that no log of its
    statements has the password."""
    verifier = connection.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    ).decode()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('tally.logins'))")
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        for statement in (
            "ALTER ROLE {name} LOGIN PASSWORD {verifier}",
            "GRANT {role} TO {name} WITH INHERIT TRUE, SET FALSE",
        ):
            connection.execute(
                sql.SQL(statement).format(
                    name=sql.Identifier(name),
                    role=sql.Identifier(role),
                    verifier=sql.Literal(verifier),
                )
            )


def _refused(name: str, role: str, why: str) -> NoCredential:
    variable = {WRITER: "TALLY_WRITER_URL", QUERY: "TALLY_QUERY_URL"}[role]
    return NoCredential(
        f"no process should work with the owner's credential, and the login {name} cannot be used: "
        f"{why}. Give one of the role {role} with {variable}."
    )
