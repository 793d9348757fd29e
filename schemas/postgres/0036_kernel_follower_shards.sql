-- A follower keeps one position a shard. The position says which shard it is in, so nobody writes
-- that beside it; that it never changes keeps an update of the position on its page.
ALTER TABLE tally.projections
    ADD shard smallint NOT NULL GENERATED ALWAYS AS (((position >> 48) + 1)::smallint) STORED,
    DROP CONSTRAINT projections_pkey,
    ADD PRIMARY KEY (name, shard);
