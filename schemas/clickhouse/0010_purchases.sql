-- One row a movement of a purchase's money: paid, refunded, disputed.
CREATE TABLE IF NOT EXISTS purchases
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    purchase    String CODEC(ZSTD),
    provider    LowCardinality(String),
    movement    LowCardinality(String) COMMENT 'payment, refund, refund_back, dispute, dispute_won, dispute_lost',
    of          String CODEC(ZSTD) COMMENT 'the provider''s id of what moved it',
    amount      Int64 CODEC(ZSTD) COMMENT 'in the currency''s smallest unit, below zero for what went out',
    currency    LowCardinality(String),
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
