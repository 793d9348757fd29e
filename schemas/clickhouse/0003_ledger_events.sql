-- One row an event, as it is stored and hashed: what happened in an org, of every kind.
CREATE TABLE IF NOT EXISTS ledger_events
(
    org             String,
    sequence        UInt64 CODEC(Delta, ZSTD),
    line            UInt32 COMMENT 'always 0',
    position        UInt64 CODEC(Delta, ZSTD),
    stream          String CODEC(ZSTD),
    version         UInt64 CODEC(Delta, ZSTD),
    type            LowCardinality(String),
    recorded_at     DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    actor           LowCardinality(String),
    idempotency_key String CODEC(ZSTD),
    body            String CODEC(ZSTD(3)) COMMENT 'JSON, as schemas/events/ says by type',
    hash            FixedString(32) CODEC(NONE),
    INDEX types type TYPE set(100) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
