-- When included credits come, and how an org asks again for money that did not come in: what
-- `tally.put_subscription_policies` is given, no more.
CREATE TABLE tally.subscription_policies (
    org    text  PRIMARY KEY,
    policy jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.subscription_policies');
GRANT SELECT, INSERT, UPDATE (policy) ON tally.subscription_policies TO tally_writer;
GRANT SELECT ON tally.subscription_policies TO tally_query;

CREATE FUNCTION tally.put_subscription_policies(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.subscription_policies (org, policy)
    SELECT n.org, n.policy FROM jsonb_populate_recordset(NULL::tally.subscription_policies, rows) n
        ON CONFLICT (org) DO UPDATE SET policy = excluded.policy
$$;
REVOKE ALL ON FUNCTION tally.put_subscription_policies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_subscription_policies TO tally_writer;
