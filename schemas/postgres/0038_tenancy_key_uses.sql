-- When each API key was last used, as the processes that serve HTTP write it together every few
-- seconds. It is no event: the last seconds before a process ends badly may be missing.
CREATE TABLE tally.key_uses (
    org          text   NOT NULL,
    key          text   NOT NULL,
    last_used_us bigint NOT NULL,
    PRIMARY KEY (org, key)
) WITH (fillfactor = 50);
SELECT tally.keep_orgs_apart('tally.key_uses');
GRANT SELECT, INSERT ON tally.key_uses TO tally_writer;
GRANT UPDATE (last_used_us) ON tally.key_uses TO tally_writer;
GRANT SELECT ON tally.key_uses TO tally_query;
