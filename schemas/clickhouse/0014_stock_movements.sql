-- One row a movement of a SKU at a location: the sums of a level's movements are the level.
CREATE TABLE IF NOT EXISTS stock_movements
(
    org         String,
    sequence    UInt64 CODEC(Delta, ZSTD),
    line        UInt32,
    position    UInt64 CODEC(Delta, ZSTD),
    location    LowCardinality(String),
    sku         String CODEC(ZSTD),
    kind        LowCardinality(String) COMMENT 'receipt, reservation, release, expiry, shipment, return, adjustment, transfer',
    on_hand     Int64 CODEC(ZSTD) COMMENT 'units more, below zero for less',
    reserved    Int64 CODEC(ZSTD) COMMENT 'units more, below zero for less',
    damaged     Int64 CODEC(ZSTD) COMMENT 'units more, below zero for less',
    reservation String CODEC(ZSTD) COMMENT 'empty where it is of none',
    owner       String CODEC(ZSTD) COMMENT 'whose the reservation is',
    other       LowCardinality(String) COMMENT 'the other location of a transfer or of a return',
    recorded_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    hash        FixedString(32) CODEC(ZSTD) COMMENT 'of the event that holds it'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (org, sequence, line)
SETTINGS non_replicated_deduplication_window = 1000
