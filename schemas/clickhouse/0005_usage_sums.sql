-- Sums of usage by hour of occurred time and label, one row for each block of 512 sequences of an
-- org (decision 50). A block is summed again, from its lines, whenever one of them is inserted: what
-- has seen more lines replaces what has seen fewer, in whatever order they come. Ask usage_hours,
-- usage_days and usage_months, which add up blocks.
CREATE TABLE IF NOT EXISTS usage_sums
(
    org                String,
    block              UInt64 CODEC(Delta, ZSTD) COMMENT 'sequence / 512, rounded down',
    hour               DateTime('UTC') CODEC(Delta, ZSTD) COMMENT 'of occurred time',
    service            LowCardinality(String),
    project            LowCardinality(String),
    provider           LowCardinality(String),
    model              LowCardinality(String),
    lines              UInt64 CODEC(ZSTD),
    late_lines         UInt64 CODEC(ZSTD),
    amount             Int128 CODEC(ZSTD) COMMENT 'microcredits: 1 USD = 1,000,000,000',
    debt               Int128 CODEC(ZSTD) COMMENT 'microcredits',
    input_tokens       UInt128 CODEC(ZSTD),
    cached_tokens      UInt128 CODEC(ZSTD),
    cache_write_tokens UInt128 CODEC(ZSTD),
    output_tokens      UInt128 CODEC(ZSTD),
    quantities         Map(String, UInt128) CODEC(ZSTD),
    INDEX hours hour TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(lines)
ORDER BY (org, block, hour, service, project, provider, model)
SETTINGS non_replicated_deduplication_window = 0
