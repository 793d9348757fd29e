-- What an aggregate remembers whose events left with an archive because it has ended: written when
-- its first partition is taken out, and never again, as nothing is recorded in it any more.
CREATE TABLE tally.snapshots (
    org        text   NOT NULL,
    stream     text   NOT NULL,
    version    bigint NOT NULL,
    type       text   NOT NULL,
    created_us bigint NOT NULL,
    state      text   NOT NULL,
    PRIMARY KEY (org, stream)
);
SELECT tally.make_append_only('tally.snapshots'), tally.keep_orgs_apart('tally.snapshots'),
       tally.store_for_inserts('tally.snapshots');
GRANT SELECT ON tally.snapshots TO tally_writer;
