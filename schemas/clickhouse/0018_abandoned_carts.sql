-- One row for the carts of a day and a currency that expired with something in them and became no
-- order, as each sweep has found them.
CREATE TABLE IF NOT EXISTS abandoned_carts
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    day         LowCardinality(String) COMMENT 'on which they were last changed, UTC: 2026-11-30',
    currency    LowCardinality(String),
    carts       UInt64 CODEC(ZSTD),
    guests      UInt64 CODEC(ZSTD) COMMENT 'those of them of guests',
    units       Int64 CODEC(ZSTD) COMMENT 'that lay in them',
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
