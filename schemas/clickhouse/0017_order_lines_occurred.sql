-- When a line was sold, or went back: of an order that was imported, when it was placed.
ALTER TABLE order_lines
    ADD COLUMN IF NOT EXISTS occurred_at DateTime64(6, 'UTC') DEFAULT recorded_at
        CODEC(Delta, ZSTD) COMMENT 'when it happened; recorded_at: when it was recorded'
