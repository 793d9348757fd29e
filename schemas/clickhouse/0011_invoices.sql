-- One row a change of what is owed by an invoice.
CREATE TABLE IF NOT EXISTS invoices
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    invoice     String CODEC(ZSTD),
    owner       String CODEC(ZSTD),
    movement    LowCardinality(String) COMMENT 'issued, paid, credited, voided, written_off',
    number      String CODEC(ZSTD) COMMENT 'of the invoice or the credit note',
    method      LowCardinality(String) COMMENT 'how it was paid',
    amount      Int64 CODEC(ZSTD) COMMENT 'in the currency''s smallest unit, below zero for what is owed no more',
    currency    LowCardinality(String),
    due_at      DateTime64(6, 'UTC') CODEC(Delta, ZSTD) COMMENT 'of what was issued',
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
