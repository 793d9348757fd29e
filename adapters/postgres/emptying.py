"""Emptying: a follower set back to the first event, without what it has made."""

from __future__ import annotations

from adapters.postgres.connection import OWNER, DatabaseUrls, as_role, connect, unavailable
from adapters.postgres.shards import base_in_sql
from ledger.kernel.errors import Archived
from projections.followers import STORED


def empty(database: DatabaseUrls, name: str) -> None:
    """Take out all rows of a follower and set it back to the first event of each shard, at once,
    as its owner.

    A runner that is at work writes nothing more of where it was. Raises Archived.
    """
    with unavailable(), connect(as_role(database.owner, OWNER), name="rebuild") as connection:
        ((archived,),) = connection.execute("SELECT max(last_position) FROM tally.archives")
        if archived:
            raise Archived(
                f"events up to position {archived} are archived, and the rows that were made of "
                "them could not be made again: nothing was changed."
            )
        with connection.transaction():
            for statement in _emptying(name):
                connection.execute(statement)


def _emptying(name: str) -> list[str]:
    """Return the statements; each locks what a runner locks, in its order."""
    heads = "ALTER TABLE tally.projection_heads {} ROW LEVEL SECURITY"
    return [
        "SET LOCAL lock_timeout = '30s'",
        heads.format("NO FORCE"),
        f"DELETE FROM tally.projection_heads WHERE name = '{name}'",
        heads.format("FORCE"),
        *([f"TRUNCATE tally.{name}"] if name in STORED else []),
        f"UPDATE tally.projections SET position = {base_in_sql('shard')}, planned = NULL "
        f"WHERE name = '{name}'",
    ]
