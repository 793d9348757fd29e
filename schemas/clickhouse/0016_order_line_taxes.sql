-- What of a line's sums is tax, and which lines are for sending an order. Lines of before are as they
-- were until `tally rebuild order_lines` makes them again.
ALTER TABLE order_lines
    ADD COLUMN IF NOT EXISTS tax Int64 CODEC(ZSTD) COMMENT 'of amount' AFTER amount,
    ADD COLUMN IF NOT EXISTS total Int64 CODEC(ZSTD) COMMENT 'amount + tax' AFTER tax,
    ADD COLUMN IF NOT EXISTS is_shipping Bool COMMENT 'sku is the method by which it is sent'
        AFTER total
