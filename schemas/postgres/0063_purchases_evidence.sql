-- When the provider of a dispute has last taken what speaks against it. The last columns are made
-- anew behind it: a summary ends with its sequence.
ALTER TABLE tally.disputes NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.disputes
    ADD COLUMN evidence_taken_us bigint, ADD COLUMN new_ended bigint, ADD COLUMN new_sequence bigint;
UPDATE tally.disputes SET new_ended = ended_us, new_sequence = sequence;
ALTER TABLE tally.disputes
    DROP COLUMN ended_us, DROP COLUMN sequence, ALTER COLUMN new_sequence SET NOT NULL;
ALTER TABLE tally.disputes RENAME COLUMN new_ended TO ended_us;
ALTER TABLE tally.disputes RENAME COLUMN new_sequence TO sequence;
ALTER TABLE tally.disputes FORCE ROW LEVEL SECURITY;

-- Listed as refunds are.
CREATE INDEX disputes_in_order ON tally.disputes (org, coalesce(opened_us, ended_us), dispute);
