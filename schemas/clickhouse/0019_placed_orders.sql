-- One row an order as it was placed: whose it was, by whose prices, and to where.
CREATE TABLE IF NOT EXISTS placed_orders
(
    org            String,
    sequence       UInt64 CODEC(Delta, ZSTD),
    line           UInt32,
    position       UInt64 CODEC(Delta, ZSTD),
    order_id       String CODEC(ZSTD),
    owner          String CODEC(ZSTD) COMMENT 'the user; empty: a guest',
    customer_group LowCardinality(String) COMMENT 'by whose prices; empty: everyone''s',
    price_list     LowCardinality(String),
    country        LowCardinality(String) COMMENT 'where it goes; empty where it is not sent',
    region         LowCardinality(String),
    cart           String CODEC(ZSTD) COMMENT 'that it was made of',
    source         LowCardinality(String) COMMENT 'of one that was imported: from where',
    currency       LowCardinality(String),
    lines          UInt32,
    units          Int64 CODEC(ZSTD),
    to_pay         Int64 CODEC(ZSTD) COMMENT 'with taxes and shipping, in the smallest unit',
    occurred_at    DateTime64(6, 'UTC') CODEC(Delta, ZSTD) COMMENT 'when it was placed',
    recorded_at    DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash           FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
