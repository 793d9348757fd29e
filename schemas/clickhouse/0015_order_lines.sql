-- One row a line of a confirmed order, and one each time that some of it went back: the sums of
-- `amount` are what was sold and kept.
CREATE TABLE IF NOT EXISTS order_lines
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    order_id    String CODEC(ZSTD),
    line_id     UInt32,
    kind        LowCardinality(String) COMMENT 'sale, refund, refund_back',
    sku         String CODEC(ZSTD),
    item        String CODEC(ZSTD) COMMENT 'empty where it is not known',
    item_type   LowCardinality(String) COMMENT 'empty where it is not known',
    owner       String CODEC(ZSTD) COMMENT 'the user; empty: a guest, or a refund',
    currency    LowCardinality(String),
    units       Int64 CODEC(ZSTD) COMMENT 'below zero for what went back',
    subtotal    Int64 CODEC(ZSTD) COMMENT 'before promotions, in the smallest unit',
    discount    Int64 CODEC(ZSTD) COMMENT 'what promotions took off',
    amount      Int64 CODEC(ZSTD) COMMENT 'subtotal - discount',
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
