-- Checkpoints say where the org's access log ends, too (schemas/checkpoint.md): one of the same size
-- is signed again when only the log has grown. Those signed before say nothing of it (0).
ALTER TABLE tally.checkpoints ADD COLUMN access_sequence bigint NOT NULL DEFAULT 0;
ALTER TABLE tally.checkpoints DROP CONSTRAINT checkpoints_pkey;
ALTER TABLE tally.checkpoints ADD PRIMARY KEY (org, size, access_sequence);
