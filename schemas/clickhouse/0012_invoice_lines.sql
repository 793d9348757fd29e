-- One row a line of an invoice, of a credit note, or of an invoice that was made void. Of `net`,
-- `unearned` is earned by the second from `earned_from` until `earned_until`.
CREATE TABLE IF NOT EXISTS invoice_lines
(
    org          String,
    sequence     UInt64 CODEC(Delta, ZSTD),
    line         UInt32,
    position     UInt64 CODEC(Delta, ZSTD),
    invoice      String CODEC(ZSTD),
    document     LowCardinality(String) COMMENT 'invoice, void, credit_note',
    number       String CODEC(ZSTD),
    owner        String CODEC(ZSTD),
    place        UInt32 COMMENT 'of the line in its invoice',
    source       LowCardinality(String) COMMENT 'subscription, seats, proration, purchase, overage, adjustment',
    of           String CODEC(ZSTD) COMMENT 'the id of what made it',
    text         String CODEC(ZSTD),
    currency     LowCardinality(String),
    amount       Int64 CODEC(ZSTD) COMMENT 'in the currency''s smallest unit, below zero for what is taken back',
    discount     Int64 CODEC(ZSTD),
    net          Int64 CODEC(ZSTD) COMMENT 'amount - discount',
    tax          Int64 CODEC(ZSTD),
    total        Int64 CODEC(ZSTD) COMMENT 'net + tax',
    earns        LowCardinality(String) COMMENT 'Subscriptions, Purchases, Overage, Other',
    unearned     Int64 CODEC(ZSTD) COMMENT 'of net, what is earned by the second; the rest at once, of Purchases by use',
    earned_from  DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    earned_until DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    recorded_at  DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash         FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
