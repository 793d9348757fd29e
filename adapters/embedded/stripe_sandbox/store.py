"""The store: all that the sandbox knows, in one SQLite file, so that a restart forgets nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]
"""An object as Stripe shows it; names that begin with `_` are the sandbox's own, and not shown."""

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_of_kind ON objects (kind, number);
CREATE INDEX IF NOT EXISTS objects_of_payment
    ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_of_customer ON objects (kind, json_extract(body, '$.customer'));
CREATE INDEX IF NOT EXISTS objects_of_invoice ON objects (kind, json_extract(body, '$.invoice'));
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, created INTEGER NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS due (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, action TEXT NOT NULL, id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY, event TEXT NOT NULL, endpoint TEXT NOT NULL,
    at_us INTEGER NOT NULL, attempt INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One connection; whoever uses it is in one thread, and in a transaction to write."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Give the file up."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is written meanwhile, or nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Within a transaction, undo what is written meanwhile if it fails."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO attempt")
            raise
        finally:
            self._connection.execute("RELEASE attempt")

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what a statement gives."""
        return self._connection.execute(sql, values).fetchall()

    def put(self, resource: Resource) -> None:
        """Keep an object as it is now."""
        created = resource.get("created", resource.get("_created"))
        self.rows(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (resource["id"], resource["object"], created, json.dumps(resource)),
        )

    def get(self, id: str) -> Resource | None:
        """Return an object."""
        found = self.rows("SELECT body FROM objects WHERE id = ?", (id,))
        return json.loads(found[0][0]) if found else None

    def number(self, kind: str, id: str) -> int | None:
        """Return the place of an object among those of its kind."""
        found = self.rows("SELECT number FROM objects WHERE kind = ? AND id = ?", (kind, id))
        return int(found[0][0]) if found else None

    def find(
        self,
        kind: str,
        fields: Mapping[str, object] | None = None,
        clauses: Sequence[tuple[str, object]] = (),
        *,
        limit: int = -1,
        oldest_first: bool = False,
    ) -> list[Resource]:
        """Return the objects of a kind whose `fields` are so and for which `clauses` hold, the
        newest first."""
        wanted = [("kind = ?", kind), *_given(fields or {}), *clauses]
        order = "ASC" if oldest_first else "DESC"
        found = self.rows(
            f"SELECT body FROM objects WHERE {' AND '.join(sql for sql, _ in wanted)}"
            f" ORDER BY number {order} LIMIT ?",
            [*(value for _, value in wanted), limit],
        )
        return [json.loads(body) for (body,) in found]

    def setting(self, name: str, default: Any = None) -> Any:
        """Return what was set under a name."""
        found = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return json.loads(found[0][0]) if found else default

    def set(self, name: str, value: Any) -> None:
        """Remember something under a name."""
        self.rows(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )


def _given(fields: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return what holds for fields that are so, or one of several; None asks for nothing."""
    return [
        (f"json_extract(body, '$.{name}') {_EQUALS[isinstance(value, list)]}", _value(value))
        for name, value in fields.items()
        if value is not None
    ]


_EQUALS = {False: "= ?", True: "IN (SELECT value FROM json_each(?))"}


def _value(value: object) -> object:
    return json.dumps(value) if isinstance(value, list) else value
