"""An analysts' table: a read model in ClickHouse."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.connection import answering
from adapters.clickhouse.lazy_client import LazyClient
from adapters.clickhouse.lifetime import Kept, Lifetime
from adapters.clickhouse.sums import BlockSums
from ledger.kernel.errors import Unavailable
from ledger.kernel.shards import base_of, shard_of
from projections.ports import WrongSum
from projections.read_model import ReadModel, Row

_ORGS_A_QUERY = 100
"""Orgs that one query asks about: each adds a condition to its text."""

_KEYS_A_QUERY = 1_000

_LASTS = "SELECT max(position) FROM {table} GROUP BY bitShiftRight(position, 48)"

_AS_STORED = {"DateTime64*": "int", "FixedString": "native"}


ALL_MONTHS = 0

_SHORTEST_MONTH_US = 28 * 86_400 * 1_000_000


class ClickHouseTable:
    """Rows of a read model, used by one thread at a time.

    `months`: how long lines are to be kept; None: as it is.
    """

    def __init__(
        self,
        client: LazyClient,
        model: ReadModel[Any],
        table: str | None = None,
        *,
        months: int | None = None,
    ) -> None:
        self._client = client
        self._name = table or model.table
        sums = model.sums if table is None else None
        self._sums = BlockSums(model.table, sums) if sums else None
        self._columns = list(model.columns)
        self.lifetime = Lifetime(self._name)
        self._months = months
        self._types: list[str] = []
        """Of the columns, as the table has them; asked for once a connection."""

    def close(self) -> None:
        """Close the client; the next use opens another."""
        self._types = []
        self._client.close()

    def insert(self, rows: Sequence[Row], token: str) -> None:
        """Write rows; returns when they are seen in the table. The token makes a retry count once.

        A server may say that it has written what it has not (chdb does on a full disk), and a
        token may be known of rows that somebody has deleted since: what is not there is sent once
        more under another token. Raises Unavailable when it still is not.
        """
        if not rows:
            return
        self._send(rows, token)
        if not self._has(rows):
            self._send(rows, f"{token} again")
            if not self._has(rows):
                raise Unavailable(f"ClickHouse took {len(rows)} rows and has not kept them.")
        if self._sums is not None:
            self._sums.renew(self._client.open(), rows)
        if self._months is not None:
            self._keep(self._months, rows)

    def _keep(self, months: int, rows: Sequence[Row]) -> None:
        """Say how long lines are kept, once some come that are: all that go are summed by then."""
        last = max(row[self._columns.index("recorded_at")] for row in rows)
        if last > time.time_ns() // 1_000 - months * _SHORTEST_MONTH_US or months == ALL_MONTHS:
            kept = None if months == ALL_MONTHS else Kept("Month", months)
            self.lifetime.say(self._client.open(), kept)
            self._months = None

    def kept_since(self) -> int | None:
        """Return from when on lines are there (µs of recorded time); None: all are."""
        return self.lifetime.since(self._client.open())

    def empty(self) -> None:
        """Take out all rows; those that come again are summed before they may go."""
        client = self._client.open()
        self.lifetime.say(client, None)
        with answering():
            client.command(f"TRUNCATE TABLE {self._name}")
        if self._sums is not None:
            self._sums.empty(client)

    def repair_sums(self, places: Iterable[tuple[str, int]]) -> None:
        """Sum again what is made of the rows of some sequences of orgs, after they were changed."""
        if self._sums is not None:
            self._sums.repair(self._client.open(), places, self.kept_since())

    def renew_sums(self, places: Iterable[tuple[str, int]]) -> None:
        """Sum again what is made of all rows, which have these sequences of orgs."""
        if self._sums is not None:
            self._sums.empty(self._client.open())
            self._sums.repair(self._client.open(), places, None)

    def wrong_sums(
        self, applied: Mapping[int, int], orgs: Iterable[str] | None = None
    ) -> list[WrongSum]:
        """Return what is not the sum of its rows, but for what is being written."""
        if self._sums is None:
            return []
        return self._sums.wrong(self._client.open(), applied, orgs, self.kept_since())

    def delete(self, rows: Sequence[Row]) -> None:
        """Take out every version of rows, by their keys; returns when they are gone."""
        client = self._client.open()
        for first in range(0, len(rows), _KEYS_A_QUERY):
            keys = [list(row[:3]) for row in rows[first : first + _KEYS_A_QUERY]]
            orgs, sequences, lines = zip(*keys, strict=True)
            with answering():
                client.command(
                    f"ALTER TABLE {self._name} DELETE WHERE (org, sequence, line) IN "
                    "(SELECT arrayJoin(arrayZip({orgs:Array(String)}, "
                    "{sequences:Array(UInt64)}, {lines:Array(UInt32)})))",
                    parameters={
                        "orgs": list(orgs),
                        "sequences": list(sequences),
                        "lines": list(lines),
                    },
                    settings={"mutations_sync": 2},
                )

    def _has(self, rows: Sequence[Row]) -> bool:
        """Tell whether the table has all of these rows, which are all that their positions have."""
        ranges: dict[str, list[int]] = {}
        for org, sequence, *_ in rows:
            ranges.setdefault(org, [sequence, 0])[1] = sequence
        orgs = list(ranges)
        found = sum(
            self._count({org: ranges[org] for org in orgs[first : first + _ORGS_A_QUERY]})
            for first in range(0, len(orgs), _ORGS_A_QUERY)
        )
        return found >= len(rows)

    def _count(self, ranges: Mapping[str, Sequence[int]]) -> int:
        """Return how many rows there are in ranges of sequences, each of an org; by the primary
        key."""
        conditions = [
            f"(org = {{org_{place}:String}} AND sequence BETWEEN {first} AND {last})"
            for place, (first, last) in enumerate(ranges.values())
        ]
        client = self._client.open()
        with answering():
            result = client.query(
                f"SELECT uniqExact(sequence, line, org) FROM {self._name} "
                f"WHERE {' OR '.join(conditions)}",
                parameters={f"org_{place}": org for place, org in enumerate(ranges)},
            )
            return int(result.result_rows[0][0])

    def _send(self, rows: Sequence[Row], token: str) -> None:
        client = self._client.open()
        with answering():
            self._types = self._types or self._described(client)
            client.insert(
                self._name,
                list(zip(*rows, strict=True)),
                column_names=self._columns,
                column_type_names=self._types,
                column_oriented=True,
                settings={"insert_deduplication_token": token, "async_insert": 0},
            )

    def _described(self, client: Client) -> list[str]:
        described = client.query(f"DESCRIBE TABLE {self._name}").result_rows
        types = {name: type_ for name, type_, *_ in described}
        return [types.get(column, "String") for column in self._columns]

    def orgs(self) -> list[str]:
        """Return every org that a row names, in order."""
        client = self._client.open()
        with answering():
            rows = client.query(f"SELECT DISTINCT org FROM {self._name} ORDER BY org")
            return [org for (org,) in rows.result_rows]

    def span(self, after: int, until: int, orgs: Iterable[str] | None = None) -> list[Row]:
        """Return every stored row of the positions after one up to another, also unmerged versions.

        By position and line; of some orgs only, if they are given.
        """
        condition = "position > {after:Int64} AND position <= {until:Int64}"
        parameters: dict[str, object] = {"after": after, "until": until}
        if orgs is not None:
            condition += " AND org IN {orgs:Array(String)}"
            parameters["orgs"] = sorted(orgs)
        return self._read(condition + " ORDER BY position, line", parameters)

    def beyond(self, position: int, limit: int) -> list[Row]:
        """Return stored rows of the same shard after a position."""
        end = base_of(shard_of(position) + 1)
        return self._read(
            "position > {after:Int64} AND position < {end:Int64} "
            "ORDER BY position LIMIT {limit:UInt32}",
            {"after": position, "end": end, "limit": limit},
        )

    def last_positions(self) -> dict[int, int]:
        """Return the highest position of a stored row of each shard that has any."""
        client = self._client.open()
        with answering():
            lasts = client.query(_LASTS.format(table=self._name)).result_rows
            return {shard_of(last): last for (last,) in lasts}

    def at(self, org: str, sequence: int, line: int) -> list[Row]:
        """Return the stored versions of one row."""
        return self._read(
            "org = {org:String} AND sequence = {sequence:UInt64} AND line = {line:UInt32}",
            {"org": org, "sequence": sequence, "line": line},
        )

    def _read(self, condition: str, parameters: dict[str, object]) -> list[Row]:
        client = self._client.open()
        with answering():
            result = client.query(
                f"SELECT {', '.join(self._columns)} FROM {self._name} WHERE {condition}",
                parameters=parameters,
                query_formats=_AS_STORED,
            )
            return [tuple(row) for row in result.result_rows]
