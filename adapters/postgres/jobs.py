"""The job library's tables (procrastinate), in a schema of their own that the writer may use.

Our tables, their owner and row security are untouched: the library's SQL names nothing but its
own, found by the search path of its connections.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from psycopg import conninfo

from adapters.postgres.connection import WRITER

SCHEMA = "tally_jobs"
POOL_MAX = 4


def migrate_jobs(connection: psycopg.Connection[Any]) -> None:
    """Bring the library's schema to its version. The caller holds the lock of migrations.

    A new schema is made whole, and its migrations are noted; later ones of a newer library run.
    """
    with connection.transaction():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.applied (name text PRIMARY KEY)")
        done = {name for (name,) in connection.execute(f"SELECT name FROM {SCHEMA}.applied")}
        scripts = migrations()
        todo = [name for name in scripts if name not in done]
        if not todo:
            return
        ((path,),) = connection.execute("SHOW search_path").fetchall()
        connection.execute(_SET_PATH, [SCHEMA])
        if done:
            for name in todo:
                connection.execute(scripts[name])
        else:
            connection.execute((files("procrastinate.sql") / "schema.sql").read_bytes())
        connection.cursor().executemany(
            f"INSERT INTO {SCHEMA}.applied (name) VALUES (%s)", [[name] for name in todo]
        )
        connection.execute(_GRANTS)
        connection.execute(_SET_PATH, [path])  # a restore goes on in this transaction


_SET_PATH = "SELECT set_config('search_path', %s, true)"
_GRANTS = f"""
    GRANT USAGE ON SCHEMA {SCHEMA} TO {WRITER};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {WRITER};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {WRITER};
    REVOKE ALL ON {SCHEMA}.applied FROM {WRITER};
"""


def migrations() -> dict[str, bytes]:
    """Return the library's own migrations, in order."""
    folder = files("procrastinate.sql") / "migrations"
    scripts = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return {name: (folder / name).read_bytes() for name in scripts}


def job_connector(writer: str) -> PsycopgConnector:
    """Return the library's connections, as the writer."""
    options = conninfo.conninfo_to_dict(writer).get("options") or ""
    url = conninfo.make_conninfo(
        writer,
        options=f"{options} -c search_path={SCHEMA}".strip(),
        application_name="tallystick jobs",
        connect_timeout=5,
    )
    return PsycopgConnector(conninfo=url, min_size=1, max_size=POOL_MAX)
