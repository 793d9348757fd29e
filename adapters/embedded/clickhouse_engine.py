"""The engine behind ClickHouse's interface: chdb, driven like a server, one connection a
request."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chdb

from adapters.embedded.clickhouse_access import require_granted
from adapters.embedded.clickhouse_analysts import DATABASE, require_of_tables, settings_of
from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_request import Work
from adapters.embedded.clickhouse_statement import Statement

_connect: Any = chdb.connect  # has no types

ROOM_MIN = 32 * 1024**2
"""Bytes that stay free on the disk. chdb says that it has inserted what it could not write, so what
writes is refused before the disk is full."""

_PIECE = 1024 * 1024

_FILES, _TABLES = "default", DATABASE
"""What chdb calls `default` also reads files by their names, so that nobody may make a table in it:
who names it, or none, is in a database of tables alone."""

# What a ClickHouse server has and chdb has not. Answers are built in memory before they are
# sent, so they are bounded: a larger one is refused (code 396) instead of eating the machine.
_SERVER_SETTINGS = {"implicit_select": "0", "max_result_bytes": str(1024**3)}


@dataclass(frozen=True)
class Answer:
    """The bytes of a result, the format they are in (None: no result), and what was done."""

    body: bytes = b""
    format: str | None = None
    summary: dict[str, str] = field(default_factory=dict)


class Engine:
    """The one chdb engine of this process. A connection costs little and has settings, a
    current database and temporary tables of its own; the first one keeps the engine open."""

    def __init__(self, path: str, config: str) -> None:
        self._path = path
        _move_out_of_files(path)
        self._first = _connect(f"{path}?config-file={config}")
        self._first.query(f"CREATE DATABASE IF NOT EXISTS {_TABLES}", "TabSeparated")
        row = self._first.query("SELECT version(), timezone(), hostName()", "JSONCompactEachRow")
        self.version, self.timezone, self.host = json.loads(row.bytes())

    def run(self, work: Work) -> Answer:
        """Return blocks; any number of threads may call it. Raises Refusal."""
        require_granted(work.statement)
        if work.analyst_of is not None:
            require_of_tables(work.statement, work.parameters, *self._names())
        if work.statement.adds:
            self._require_room(work.statement)
        try:
            connection = _connect(self._path)
            try:
                _prepare(connection, work)
                return _run(connection, work)
            finally:
                connection.close()
        except RuntimeError as error:  # chdb has no narrower one
            raise Refusal.from_engine(error) from error

    def close(self) -> None:
        self._first.close()

    def _names(self) -> tuple[list[str], list[str]]:
        """Return what databases and table functions are called."""
        connection = _connect(self._path)
        try:
            found = connection.query(
                "SELECT (SELECT groupArray(name) FROM system.databases), "
                "(SELECT groupArray(name) FROM system.table_functions)",
                "JSONCompactEachRow",
            )
            databases, functions = json.loads(found.bytes())
            return databases, functions
        finally:
            connection.close()

    def _require_room(self, statement: Statement) -> None:
        """Room for what is added, also until it is merged."""
        disk = os.statvfs(self._path)
        needed = ROOM_MIN + 2 * len(statement.data or b"")
        if disk.f_bavail * disk.f_frsize < needed:
            raise Refusal(243, f"Cannot reserve {needed} bytes, not enough space.")


def _move_out_of_files(path: str) -> None:
    """Take along what was stored before; without the configuration that forbids to come near."""
    if not any(Path(path, "metadata", _FILES).glob("*.sql")):
        return
    before = _connect(path)
    before.query(f"CREATE DATABASE IF NOT EXISTS {_TABLES}", "TabSeparated")
    names = before.query(
        f"SELECT name FROM system.tables WHERE database = '{_FILES}'", "TabSeparated"
    ).bytes()
    for name in names.decode().split():
        quoted = _quoted_name(name)
        before.query(f"RENAME TABLE {_FILES}.{quoted} TO {_TABLES}.{quoted}", "TabSeparated")
    before.close()


def _prepare(connection: Any, work: Work) -> None:
    settings = {**_SERVER_SETTINGS, **work.settings}
    if work.read_only:
        settings["readonly"] = "2"
    database = work.database if work.database not in ("", None, _FILES) else _TABLES
    if work.analyst_of is not None:
        database = _TABLES
        settings = {**_SERVER_SETTINGS, **work.settings, **settings_of(work.analyst_of)}
    connection.query(f"USE {_quoted_name(database)}", "TabSeparated")
    connection.query(f"SET {_assignments(settings)}", "TabSeparated")


def _run(connection: Any, work: Work) -> Answer:
    statement = work.statement
    if statement.data is None:
        return _query(connection, work, statement.sql)
    if work.parameters and statement.format == "Values":  # streamed data takes no parameters
        rows = statement.data.tobytes().decode()
        return _query(connection, work, f"{statement.sql} VALUES {rows}")
    return _insert(connection, statement, statement.data)


def _query(connection: Any, work: Work, sql: str) -> Answer:
    statement = work.statement
    result = connection.query(sql, work.default_format, params=dict(work.parameters))
    return Answer(
        result.bytes(),
        (statement.format or work.default_format) if statement.has_result else None,
        {
            "read_rows": str(result.storage_rows_read()),
            "read_bytes": str(result.storage_bytes_read()),
            "written_rows": str(result.rows_written()),
            "written_bytes": str(result.bytes_written()),
            "result_rows": str(result.rows_read()),
            "result_bytes": str(result.bytes_read()),
            "elapsed_ns": _nanoseconds(result.elapsed()),
        },
    )


def _insert(connection: Any, statement: Statement, data: memoryview) -> Answer:
    """Answered when the rows are in the table: asynchronous inserts are done synchronously."""
    inserter = connection.send_insert(statement.sql, statement.format)
    with inserter:
        for start in range(0, len(data), _PIECE):
            inserter.append(bytes(data[start : start + _PIECE]))
        done = inserter.finish()
    return Answer(
        summary={
            "read_rows": str(done.rows_written),
            "read_bytes": str(done.bytes_written),
            "written_rows": str(done.rows_written),
            "written_bytes": str(done.bytes_written),
            "elapsed_ns": _nanoseconds(done.elapsed),
        }
    )


def _assignments(settings: Mapping[str, str]) -> str:
    """Return values as text: the engine turns them into the setting's type, as over HTTP."""
    return ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quoted_name(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _nanoseconds(seconds: float) -> str:
    return str(int(seconds * 1_000_000_000))
