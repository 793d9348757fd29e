-- One row a movement of a wallet, of every category and asset: what a statement lists.
CREATE TABLE IF NOT EXISTS transactions
(
    org           String,
    sequence      UInt64 CODEC(Delta, ZSTD),
    line          UInt32,
    position      UInt64 CODEC(Delta, ZSTD),
    owner         String CODEC(ZSTD) COMMENT 'whose wallet moved',
    user          String CODEC(ZSTD) COMMENT 'whose it is: the member, also when the pool pays',
    asset         LowCardinality(String),
    category      LowCardinality(String),
    amount        Int64 CODEC(ZSTD) COMMENT 'signed, in the asset''s smallest unit: credit has 6 decimals',
    balance_after Int64 CODEC(Delta, ZSTD),
    occurred_at   DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    recorded_at   DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    reference     String CODEC(ZSTD),
    lots          Array(String) CODEC(ZSTD) COMMENT 'that it took from or gave to, in burn order',
    lot_kinds     Array(LowCardinality(String)) COMMENT 'of each of these lots',
    lot_amounts   Array(Int64) CODEC(ZSTD) COMMENT 'of each of these lots, without a sign',
    hash          FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it',
    INDEX categories category TYPE set(16) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
