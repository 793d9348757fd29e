-- One row a move of a subscription. An empty `status` or `plan` is as before, and with the plan all
-- that is of it.
CREATE TABLE IF NOT EXISTS subscriptions
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    owner       String CODEC(ZSTD),
    move        LowCardinality(String) COMMENT 'started, trial_ended, opened, paid, changed, past_due, dropped, paused, ended',
    status      LowCardinality(String) COMMENT 'incomplete, trialing, active, past_due, paused, ended',
    plan        LowCardinality(String),
    seats       UInt32,
    currency    LowCardinality(String),
    price       Int64 CODEC(ZSTD) COMMENT 'of a period, in the currency''s smallest unit',
    months      UInt32 COMMENT 'of a period',
    recurring   Int64 CODEC(ZSTD) COMMENT 'the price of one month',
    at          DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
