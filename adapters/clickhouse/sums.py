"""Sums: the analysts' table of sums over blocks of a read model's rows, made of these alone.

A block is so many sequences of one org. It is summed again from all rows that it has, however often
and in whatever order they were inserted; a sum that has seen more rows replaces one that has seen
fewer. So it needs neither a token nor a clock (decision 50).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.connection import answering
from ledger.kernel.errors import Unavailable
from ledger.kernel.shards import base_of, shard_of
from projections.ports import WrongSum
from projections.read_model import Row

BLOCK = 512
"""Sequences of an org in a block, as the view of the sums has it. More of them are fewer rows to
read, and more lines to sum again for each insert."""

_BLOCKS_A_QUERY = 500

Block = tuple[str, int]
"""An org, and the number of one of its blocks."""

_FILL = """
INSERT INTO {sums} SELECT * FROM {sums}_of_lines
 WHERE (org, block) IN {{blocks:Array(Tuple(String, UInt64))}}"""

_MISSING = """
SELECT (SELECT uniqExact(org, sequence, line) FROM {table}
         WHERE (org, intDiv(sequence, {block})) IN {{blocks:Array(Tuple(String, UInt64))}})
     - (SELECT sum(lines) FROM {sums} FINAL
         WHERE (org, block) IN {{blocks:Array(Tuple(String, UInt64))}})"""

_FORGET = """
DELETE FROM {sums} WHERE (org, block) IN {{blocks:Array(Tuple(String, UInt64))}}"""

_WRONG = """
SELECT org, block FROM
(
    SELECT org, block, sipHash64(tuple(*)) AS digest FROM {sums} FINAL WHERE {scope}
     UNION ALL
    SELECT org, block, sipHash64(tuple(*)) AS digest FROM {sums}_of_lines WHERE {scope}
)
 GROUP BY org, block HAVING groupBitXor(digest) != 0 ORDER BY org, block"""

_LATEST = """
SELECT org, intDiv(sequence, {block}) AS block, max(position) FROM {table}
 WHERE (org, intDiv(sequence, {block})) IN {{blocks:Array(Tuple(String, UInt64))}}
 GROUP BY org, block, bitShiftRight(position, 48)"""


# Of rows that went their sums have stayed, and they occurred before they were recorded.
_OLD = """
SELECT org, block FROM {sums}
 WHERE hour < fromUnixTimestamp64Micro(toInt64({since}))"""


class BlockSums:
    """The sums of one table; `{sums}_of_lines` is the view that says what they must be."""

    def __init__(self, table: str, sums: str) -> None:
        self._names = {"table": table, "sums": sums, "block": BLOCK}

    def renew(self, client: Client, rows: Iterable[Row]) -> None:
        """Sum the blocks of rows that were inserted. Raises Unavailable when ClickHouse has not
        kept the sums."""
        for blocks in _pages(_blocks_of(rows)):
            self._run(client, _FILL, blocks)
            if self._missing(client, blocks) > 0:
                raise Unavailable("ClickHouse took sums of usage and has not kept them.")

    def repair(
        self, client: Client, places: Iterable[tuple[str, int]], since_us: int | None
    ) -> None:
        """Sum the blocks of some sequences of orgs from nothing: after rows were changed or taken
        out, which a sum that has seen more rows would hide. Where rows of before `since_us` may
        have gone, what they were summed to stays."""
        for blocks in _pages({(org, sequence // BLOCK) for org, sequence in places}):
            whole = blocks if since_us is None else self._whole(client, blocks, since_us)
            self._run(client, _FORGET, whole)
            self._run(client, _FILL, blocks)

    def empty(self, client: Client) -> None:
        """Take out all sums."""
        with answering():
            client.command("TRUNCATE TABLE {sums}".format(**self._names))

    def wrong(
        self,
        client: Client,
        applied: Mapping[int, int],
        orgs: Iterable[str] | None,
        since_us: int | None = None,
    ) -> list[WrongSum]:
        """Return the blocks whose sums are not those of their rows; those that have rows beyond
        the positions that are applied are being written, and those with rows of before `since_us`
        may have lost some."""
        scope = "true" if orgs is None else "org IN {orgs:Array(String)}"
        if since_us is not None:
            scope += f" AND (org, block) NOT IN ({_OLD.format(since=since_us, **self._names)})"
        with answering():
            found = client.query(
                _WRONG.format(scope=scope, **self._names),
                parameters={} if orgs is None else {"orgs": sorted(orgs)},
            ).result_rows
        differing = [(str(org), int(block)) for org, block in found]
        moving = {
            each for page in _pages(differing) for each in self._moving(client, page, applied)
        }
        return [
            WrongSum(org, block * BLOCK, (block + 1) * BLOCK - 1)
            for org, block in differing
            if (org, block) not in moving
        ]

    def _moving(
        self, client: Client, blocks: Sequence[Block], applied: Mapping[int, int]
    ) -> Iterator[Block]:
        with answering():
            rows = client.query(
                _LATEST.format(**self._names), parameters={"blocks": list(blocks)}
            ).result_rows
        for org, block, last in rows:
            if last > applied.get(shard_of(last), base_of(shard_of(last))):
                yield org, block

    def _whole(self, client: Client, blocks: Sequence[Block], since_us: int) -> list[Block]:
        """Return those of which no row can have gone."""
        with answering():
            old = client.query(_OLD.format(since=since_us, **self._names)).result_rows
        return sorted(set(blocks) - {(str(org), int(block)) for org, block in old})

    def _missing(self, client: Client, blocks: Sequence[Block]) -> int:
        with answering():
            result = client.query(
                _MISSING.format(**self._names), parameters={"blocks": list(blocks)}
            )
            return int(result.result_rows[0][0])

    def _run(self, client: Client, statement: str, blocks: Sequence[Block]) -> None:
        """Without the block's own deduplication: the same sums are written again where they were
        taken out."""
        with answering():
            client.command(
                statement.format(**self._names),
                parameters={"blocks": list(blocks)},
                settings={"insert_deduplicate": 0, "lightweight_deletes_sync": 2},
            )


def _blocks_of(rows: Iterable[Row]) -> set[Block]:
    return {(org, sequence // BLOCK) for org, sequence, *_ in rows}


def _pages(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    left = iter(sorted(blocks))
    while page := list(islice(left, _BLOCKS_A_QUERY)):
        yield page
