-- The free credit each org gives its users every month, and the last month that is done.
CREATE TABLE tally.allowances (
    org           text PRIMARY KEY,
    free_monthly  bigint,
    granted_month text
);
SELECT tally.keep_orgs_apart('tally.allowances');
GRANT SELECT, INSERT, UPDATE ON tally.allowances TO tally_writer;
GRANT SELECT ON tally.allowances TO tally_query;

-- The rare rows of a commit: {"orgs": [...], "api_keys": [...], "allowances": [...]}, each as its
-- table has it.
CREATE OR REPLACE FUNCTION tally.enter_directories(entries jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally.orgs (org, name, billing_mode, recorded_us)
    SELECT n.org, n.name, n.billing_mode, n.recorded_us
      FROM jsonb_populate_recordset(NULL::tally.orgs, entries -> 'orgs') n
        ON CONFLICT (org) DO UPDATE
       SET name = excluded.name, billing_mode = excluded.billing_mode;

    INSERT INTO tally.api_keys (org, id, name, role, subject, secret_hash, recorded_us, revoked)
    SELECT n.org, n.id, n.name, n.role, n.subject, n.secret_hash, n.recorded_us, n.revoked
      FROM jsonb_populate_recordset(NULL::tally.api_keys, entries -> 'api_keys') n
        ON CONFLICT (org, id) DO UPDATE SET revoked = excluded.revoked;

    INSERT INTO tally.allowances (org, free_monthly, granted_month)
    SELECT n.org, n.free_monthly, n.granted_month
      FROM jsonb_populate_recordset(NULL::tally.allowances, entries -> 'allowances') n
        ON CONFLICT (org) DO UPDATE
       SET free_monthly = excluded.free_monthly, granted_month = excluded.granted_month;
END $$;
