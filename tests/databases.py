"""Databases of tests: empty ones, and migrated ones, which are copies of one that each server
migrates once."""

from __future__ import annotations

from functools import cache

import psycopg
from psycopg import conninfo

from adapters.postgres.migrations import migrate

_MIGRATED = "migrated"
_SECRETS = """
UPDATE tally.secrets
   SET secret = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
"""


def empty_database(server: str, name: str) -> str:
    """Return the owner's URL of a new database without our schema."""
    return _create(server, name, "template1")


def migrated_database(server: str, name: str) -> str:
    """Return the owner's URL of a new database of this version."""
    url = _create(server, name, _template(server))
    migrate(url)  # what belongs to a database itself is not copied: who may make temporary tables
    with psycopg.connect(url) as connection:
        connection.execute(_SECRETS)  # each ledger has its own
    return url


@cache
def _template(server: str) -> str:
    migrate(empty_database(server, _MIGRATED))
    return _MIGRATED


def _create(server: str, name: str, template: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return conninfo.make_conninfo(server, dbname=name)
