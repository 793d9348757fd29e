-- Each statement of a payer's month as it is now: what `tally.put_month_statements` is given, no
-- more. `month`: as 2026-02.
CREATE TABLE tally.month_statements (
    org       text  NOT NULL,
    owner     text  NOT NULL,
    month     text  NOT NULL,
    statement jsonb NOT NULL,
    PRIMARY KEY (org, owner, month)
);
SELECT tally.keep_orgs_apart('tally.month_statements');
GRANT SELECT, INSERT, UPDATE (statement) ON tally.month_statements TO tally_writer;
GRANT SELECT ON tally.month_statements TO tally_query;

CREATE FUNCTION tally.put_month_statements(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.month_statements (org, owner, month, statement)
    SELECT n.org, n.owner, n.month, n.statement
      FROM jsonb_populate_recordset(NULL::tally.month_statements, rows) n
        ON CONFLICT (org, owner, month) DO UPDATE SET statement = excluded.statement
$$;
REVOKE ALL ON FUNCTION tally.put_month_statements FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_month_statements TO tally_writer;
