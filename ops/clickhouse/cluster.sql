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

CREATE TABLE usage_local ON CLUSTER tally AS usage
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/usage_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE usage ON CLUSTER tally SYNC;

CREATE TABLE usage ON CLUSTER tally AS usage_local
ENGINE = Distributed(tally, currentDatabase(), usage_local, cityHash64(org));

CREATE TABLE ledger_events_local ON CLUSTER tally AS ledger_events
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/ledger_events_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE ledger_events ON CLUSTER tally SYNC;

CREATE TABLE ledger_events ON CLUSTER tally AS ledger_events_local
ENGINE = Distributed(tally, currentDatabase(), ledger_events_local, cityHash64(org));

CREATE TABLE transactions_local ON CLUSTER tally AS transactions
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/transactions_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE transactions ON CLUSTER tally SYNC;

CREATE TABLE transactions ON CLUSTER tally AS transactions_local
ENGINE = Distributed(tally, currentDatabase(), transactions_local, cityHash64(org));

CREATE TABLE usage_sums_local ON CLUSTER tally AS usage_sums
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/usage_sums_local', '{replica}', lines)
ORDER BY (org, block, hour, service, project, provider, model)
SETTINGS replicated_deduplication_window = 0;

DROP TABLE usage_sums ON CLUSTER tally SYNC;

CREATE TABLE usage_sums ON CLUSTER tally AS usage_sums_local
ENGINE = Distributed(tally, currentDatabase(), usage_sums_local, cityHash64(org));

CREATE TABLE purchases_local ON CLUSTER tally AS purchases
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/purchases_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE purchases ON CLUSTER tally SYNC;

CREATE TABLE purchases ON CLUSTER tally AS purchases_local
ENGINE = Distributed(tally, currentDatabase(), purchases_local, cityHash64(org));

CREATE TABLE invoices_local ON CLUSTER tally AS invoices
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/invoices_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE invoices ON CLUSTER tally SYNC;

CREATE TABLE invoices ON CLUSTER tally AS invoices_local
ENGINE = Distributed(tally, currentDatabase(), invoices_local, cityHash64(org));

CREATE TABLE invoice_lines_local ON CLUSTER tally AS invoice_lines
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/invoice_lines_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE invoice_lines ON CLUSTER tally SYNC;

CREATE TABLE invoice_lines ON CLUSTER tally AS invoice_lines_local
ENGINE = Distributed(tally, currentDatabase(), invoice_lines_local, cityHash64(org));

CREATE TABLE subscriptions_local ON CLUSTER tally AS subscriptions
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/subscriptions_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE subscriptions ON CLUSTER tally SYNC;

CREATE TABLE subscriptions ON CLUSTER tally AS subscriptions_local
ENGINE = Distributed(tally, currentDatabase(), subscriptions_local, cityHash64(org));

CREATE TABLE stock_movements_local ON CLUSTER tally AS stock_movements
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/stock_movements_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE stock_movements ON CLUSTER tally SYNC;

CREATE TABLE stock_movements ON CLUSTER tally AS stock_movements_local
ENGINE = Distributed(tally, currentDatabase(), stock_movements_local, cityHash64(org));

CREATE TABLE order_lines_local ON CLUSTER tally AS order_lines
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/order_lines_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE order_lines ON CLUSTER tally SYNC;

CREATE TABLE order_lines ON CLUSTER tally AS order_lines_local
ENGINE = Distributed(tally, currentDatabase(), order_lines_local, cityHash64(org));

CREATE TABLE abandoned_carts_local ON CLUSTER tally AS abandoned_carts
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/abandoned_carts_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE abandoned_carts ON CLUSTER tally SYNC;

CREATE TABLE abandoned_carts ON CLUSTER tally AS abandoned_carts_local
ENGINE = Distributed(tally, currentDatabase(), abandoned_carts_local, cityHash64(org));

CREATE TABLE placed_orders_local ON CLUSTER tally AS placed_orders
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{shard}/{database}/placed_orders_local', '{replica}')
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS replicated_deduplication_window = 1000;

DROP TABLE placed_orders ON CLUSTER tally SYNC;

CREATE TABLE placed_orders ON CLUSTER tally AS placed_orders_local
ENGINE = Distributed(tally, currentDatabase(), placed_orders_local, cityHash64(org));

-- For the service's user. An insert returns when a majority of the replicas of each shard has its
-- rows, so that its deduplication token is known wherever it is sent again, and what it reads then
-- has them. FINAL and GROUP BY org are done by each shard for itself.
CREATE SETTINGS PROFILE IF NOT EXISTS tally_service ON CLUSTER tally SETTINGS
    distributed_foreground_insert = 1,
    insert_quorum = 'auto',
    insert_quorum_parallel = 0,
    select_sequential_consistency = 1,
    optimize_skip_unused_shards = 1;
