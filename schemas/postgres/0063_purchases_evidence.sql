-- When the provider of a dispute has last taken what speaks against it.
ALTER TABLE tally.disputes ADD COLUMN evidence_taken_us bigint;
