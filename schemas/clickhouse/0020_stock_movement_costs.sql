-- What a movement is in money: nothing is known of those of before, so their rows stay right.
ALTER TABLE stock_movements
    ADD COLUMN IF NOT EXISTS currency LowCardinality(String)
        COMMENT 'empty where nobody knows what units cost' AFTER damaged,
    ADD COLUMN IF NOT EXISTS value Int64 CODEC(ZSTD)
        COMMENT 'by how much what is on hand is worth more at cost' AFTER currency,
    ADD COLUMN IF NOT EXISTS cost Int64 CODEC(ZSTD)
        COMMENT 'what units cost that were sold, below zero for those that came back' AFTER value
