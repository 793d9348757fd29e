-- For which new order a return was exchanged, and when. The sequence stays the last column.
ALTER TABLE tally.order_returns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.order_returns
    ADD COLUMN new_order text, ADD COLUMN exchanged_us bigint, ADD COLUMN new_sequence bigint;
UPDATE tally.order_returns SET new_sequence = sequence;
ALTER TABLE tally.order_returns DROP COLUMN sequence, ALTER COLUMN new_sequence SET NOT NULL;
ALTER TABLE tally.order_returns RENAME COLUMN new_sequence TO sequence;
ALTER TABLE tally.order_returns FORCE ROW LEVEL SECURITY;
