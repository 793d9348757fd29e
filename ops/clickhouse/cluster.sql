-- The analysts' table over a ClickHouse cluster: shards by org, each shard replicated.
--
--   clickhouse-client --multiquery < ops/clickhouse/cluster.sql
--
-- Once, on any node, in the database that TALLY_CLICKHOUSE_URL names, after schemas/clickhouse/*.sql
-- has been run on every node; the cluster is called `tally` in the configuration, the macros
-- {shard} and {replica} are set on each node. The table is a read model: empty it begins, and
-- `tally rebuild usage` fills it. docs/scaling.md says what is not there yet.

-- Where the rows are. A row has its place by (org, sequence, line), so that what was inserted twice
-- collapses: all of an org is in one shard.
CREATE TABLE usage_local ON CLUSTER tally AS usage
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/usage_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE usage ON CLUSTER tally SYNC;

-- What is asked and inserted into, under the name that the service knows.
CREATE TABLE usage ON CLUSTER tally AS usage_local
ENGINE = Distributed(tally, currentDatabase(), usage_local, cityHash64(org));

-- For the service's user. An insert returns when a majority of the replicas of each shard has its
-- rows, so that its deduplication token is known wherever it is sent again, and what it reads then
-- has them. FINAL and GROUP BY org are done by each shard for itself.
CREATE SETTINGS PROFILE IF NOT EXISTS tally_service ON CLUSTER tally SETTINGS
    distributed_foreground_insert = 1,
    insert_quorum = 'auto',
    insert_quorum_parallel = 0,
    select_sequential_consistency = 1,
    optimize_skip_unused_shards = 1;
