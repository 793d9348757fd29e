"""The cluster: the script that spreads the analysts' tables over shards and replicas, made of the
tables of one server.

    python -m adapters.clickhouse.cluster > ops/clickhouse/cluster.sql
"""

from __future__ import annotations

import re

from adapters.clickhouse.tables import Definition, definitions

_HEAD = """\
-- The analysts' tables over a ClickHouse cluster: shards by org, each shard replicated. Made of
-- schemas/clickhouse/ by `python -m adapters.clickhouse.cluster`.
--
--   clickhouse-client --multiquery < ops/clickhouse/cluster.sql
--
-- Once, on any node, in the database that TALLY_CLICKHOUSE_URL names, after
-- schemas/clickhouse/*.sql has been run on every node; the cluster is called `tally` in
-- the configuration, the macros {shard} and {replica} are set on each node. The tables are read
-- models: empty they begin, and `tally rebuild NAME` fills each.
-- docs/scaling.md says what is not there yet.
--
-- NAME_local is where the rows are. A row has its place by what its table is ordered by, so that
-- what was inserted twice collapses: all of an org is in one shard. NAME is what is asked and
-- inserted into, under the name that the service knows.
"""

_TABLE = """
CREATE TABLE {name}_local ON CLUSTER tally AS {name}
ENGINE = Replicated{engine}(
    '/clickhouse/tables/{{shard}}/{{database}}/{name}_local', '{{replica}}'{arguments})
{order}
SETTINGS replicated_deduplication_window = {window};

DROP TABLE {name} ON CLUSTER tally SYNC;

CREATE TABLE {name} ON CLUSTER tally AS {name}_local
ENGINE = Distributed(tally, currentDatabase(), {name}_local, cityHash64(org));
"""

_TAIL = """
-- For the service's user. An insert returns when a majority of the replicas of each shard has its
-- rows, so that its deduplication token is known wherever it is sent again, and what it reads then
-- has them. FINAL and GROUP BY org are done by each shard for itself.
CREATE SETTINGS PROFILE IF NOT EXISTS tally_service ON CLUSTER tally SETTINGS
    distributed_foreground_insert = 1,
    insert_quorum = 'auto',
    insert_quorum_parallel = 0,
    select_sequential_consistency = 1,
    optimize_skip_unused_shards = 1;
"""

_ENGINE = re.compile(r"^ENGINE = (\w+)(?:\((\w+)\))?$", re.M)
_ORDER = re.compile(r"^(?:PARTITION BY .*\n)?ORDER BY .*$", re.M)
_WINDOW = re.compile(r"non_replicated_deduplication_window = (\d+)")


def script() -> str:
    """Return the script."""
    tables = [_spread(each) for each in definitions() if each.kind == "CREATE TABLE"]
    return _HEAD + "".join(tables) + _TAIL


def _spread(table: Definition) -> str:
    engine, order, window = (pattern.search(table.sql) for pattern in (_ENGINE, _ORDER, _WINDOW))
    if engine is None or order is None or window is None:
        raise ValueError(f"the table {table.subject} does not say its engine, order and window.")
    return _TABLE.format(
        name=table.subject,
        engine=engine[1],
        arguments=f", {engine[2]}" if engine[2] else "",
        order=order[0],
        window=window[1],
    )


if __name__ == "__main__":
    print(script(), end="")
