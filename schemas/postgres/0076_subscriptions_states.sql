-- What payers hold of plans: what `tally.put_subscription_states` is given, no more. `plan`: of the
-- last one that was begun.
CREATE TABLE tally.subscription_states (
    org    text  NOT NULL,
    owner  text  NOT NULL,
    status text  NOT NULL,
    plan   text,
    state  jsonb NOT NULL,
    PRIMARY KEY (org, owner)
);
SELECT tally.keep_orgs_apart('tally.subscription_states');
GRANT SELECT, INSERT, UPDATE (status, plan, state) ON tally.subscription_states TO tally_writer;
GRANT SELECT ON tally.subscription_states TO tally_query;

CREATE FUNCTION tally.put_subscription_states(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.subscription_states
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.subscription_states, rows) n
        ON CONFLICT (org, owner) DO UPDATE
       SET status = excluded.status, plan = excluded.plan, state = excluded.state
$$;
REVOKE ALL ON FUNCTION tally.put_subscription_states FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_subscription_states TO tally_writer;
