-- What open holds set aside counts against caps, too; and what has alerted is kept by the limit it
-- alerted of: {"limit": percent}. Of what alerted before only the percent is known: limit 0.
ALTER TABLE tally.cap_counters
    ADD COLUMN held bigint NOT NULL DEFAULT 0,
    ALTER COLUMN alerted TYPE text
        USING CASE alerted WHEN 0 THEN '{}' ELSE '{"0":' || alerted || '}' END;

CREATE OR REPLACE FUNCTION tally.enter_counters(entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.cap_counters (org, cap, subject, bucket_us, spent, held, alerted)
    SELECT n.org, n.cap, n.subject, n.bucket_us, n.spent, n.held, n.alerted
      FROM jsonb_populate_recordset(NULL::tally.cap_counters, entries) n
        ON CONFLICT (org, cap, subject, bucket_us) DO UPDATE
       SET spent = excluded.spent, held = excluded.held, alerted = excluded.alerted
$$;
