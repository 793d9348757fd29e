-- The monthly allowance may be for those alone who were welcomed with a verified identity.
ALTER TABLE tally.allowances ADD COLUMN verified_only boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION tally.put_allowances(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.allowances (org, free_monthly, granted_month, verified_only)
    SELECT n.org, n.free_monthly, n.granted_month, coalesce(n.verified_only, false)
      FROM jsonb_populate_recordset(NULL::tally.allowances, rows) n
        ON CONFLICT (org) DO UPDATE
       SET free_monthly = excluded.free_monthly, granted_month = excluded.granted_month,
           verified_only = excluded.verified_only
$$;
GRANT UPDATE (verified_only) ON tally.allowances TO tally_writer;
