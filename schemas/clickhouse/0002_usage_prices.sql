-- What a line was priced at, and an index for questions by occurred time: rows lie in the order of
-- their sequences, so those of a time lie together, all but late ones.
ALTER TABLE usage
    ADD COLUMN IF NOT EXISTS unit_prices Map(LowCardinality(String), Int128)
        COMMENT 'meter: attodollars a unit, 10^-9 microcredits' AFTER rate_version,
    ADD INDEX IF NOT EXISTS occurred occurred_at TYPE minmax GRANULARITY 1
