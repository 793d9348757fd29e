-- What spend caps have counted: rows of the same transaction as the usage they count.
CREATE TABLE tally.cap_counters (
    org       text   NOT NULL,
    cap       text   NOT NULL,
    subject   text   NOT NULL,
    bucket_us bigint NOT NULL,
    spent     bigint NOT NULL,
    alerted   int    NOT NULL,
    PRIMARY KEY (org, cap, subject, bucket_us)
) WITH (fillfactor = 70);
SELECT tally.keep_orgs_apart('tally.cap_counters');
GRANT SELECT, INSERT, UPDATE ON tally.cap_counters TO tally_writer;
GRANT SELECT ON tally.cap_counters TO tally_query;

CREATE FUNCTION tally.enter_counters(entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.cap_counters (org, cap, subject, bucket_us, spent, alerted)
    SELECT n.org, n.cap, n.subject, n.bucket_us, n.spent, n.alerted
      FROM jsonb_populate_recordset(NULL::tally.cap_counters, entries) n
        ON CONFLICT (org, cap, subject, bucket_us) DO UPDATE
       SET spent = excluded.spent, alerted = excluded.alerted
$$;
REVOKE ALL ON FUNCTION tally.enter_counters FROM public;
GRANT EXECUTE ON FUNCTION tally.enter_counters TO tally_writer;
