"""What each role may do in the database; `python -m tests.contracts.postgres.grants` keeps it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from adapters.embedded import Engines
from adapters.postgres.migrations import migrate

HERE = Path(__file__).parent
QUERY = (HERE / "grants.sql").read_text("utf-8")
PLACE = HERE / "grants.txt"


def granted(connection: psycopg.Connection[Any]) -> list[str]:
    """Return a line for each role and object."""
    return [" ".join(row) for row in connection.execute(QUERY).fetchall()]


def write() -> None:
    """Write the file anew, as the migrations grant."""
    with TemporaryDirectory() as folder, Engines(Path(folder), clickhouse=False) as engines:
        owner = str(engines.urls().database_url)
        migrate(owner)
        with psycopg.connect(owner) as connection:
            PLACE.write_text("".join(f"{line}\n" for line in granted(connection)), "utf-8")


if __name__ == "__main__":
    write()
