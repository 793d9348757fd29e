-- Which plans an org offers: what `tally.put_plan_books` is given, no more.
CREATE TABLE tally.plan_books (
    org   text  PRIMARY KEY,
    plans jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.plan_books');
GRANT SELECT, INSERT, UPDATE (plans) ON tally.plan_books TO tally_writer;
GRANT SELECT ON tally.plan_books TO tally_query;

CREATE FUNCTION tally.put_plan_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.plan_books (org, plans)
    SELECT n.org, n.plans FROM jsonb_populate_recordset(NULL::tally.plan_books, rows) n
        ON CONFLICT (org) DO UPDATE SET plans = excluded.plans
$$;
REVOKE ALL ON FUNCTION tally.put_plan_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_plan_books TO tally_writer;
