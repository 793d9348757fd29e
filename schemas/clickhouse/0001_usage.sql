-- One row a usage line, as the ledger has it. Rows written twice collapse: by the insert's
-- deduplication token at once, by ReplacingMergeTree for ever (query with FINAL to be exact
-- between the two). Every statement here can run again.
CREATE TABLE IF NOT EXISTS usage
(
    org                String,
    sequence           UInt64 CODEC(Delta, ZSTD),
    line               UInt32,
    position           UInt64 CODEC(Delta, ZSTD),
    owner              String,
    user               String,
    credential         LowCardinality(String),
    id                 String,
    service            LowCardinality(String),
    project            LowCardinality(String),
    provider           LowCardinality(String),
    model              LowCardinality(String),
    occurred_at        DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    recorded_at        DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    input_tokens       UInt64,
    cached_tokens      UInt64,
    cache_write_tokens UInt64,
    output_tokens      UInt64,
    quantities         Map(LowCardinality(String), UInt64),
    amount             Int64 COMMENT 'microcredits: 1 USD = 1,000,000,000',
    debt               Int64 COMMENT 'the part of amount that nothing covered, in microcredits',
    balance_after      Int64 COMMENT 'microcredits',
    rate_card          LowCardinality(String),
    rate_version       UInt32,
    late               Bool,
    hash               FixedString(32) COMMENT 'of the event that holds the line'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
