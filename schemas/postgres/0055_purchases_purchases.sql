-- How an org refunds and looks at purchases: what `tally.put_purchase_policies` is given, no more.
CREATE TABLE tally.purchase_policies (
    org    text  PRIMARY KEY,
    policy jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.purchase_policies');
GRANT SELECT, INSERT, UPDATE (policy) ON tally.purchase_policies TO tally_writer;
GRANT SELECT ON tally.purchase_policies TO tally_query;

CREATE FUNCTION tally.put_purchase_policies(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.purchase_policies (org, policy)
    SELECT n.org, n.policy FROM jsonb_populate_recordset(NULL::tally.purchase_policies, rows) n
        ON CONFLICT (org) DO UPDATE SET policy = excluded.policy
$$;
REVOKE ALL ON FUNCTION tally.put_purchase_policies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_purchase_policies TO tally_writer;

-- Where each purchase is: what `tally.put_purchase_states` is given, no more. `session` and `payment`
-- are the provider's; `waits_us`: since when something is the provider's to tell, for who asks it.
CREATE TABLE tally.purchase_states (
    org      text   NOT NULL,
    id       text   NOT NULL,
    owner    text   NOT NULL,
    provider text   NOT NULL,
    status   text   NOT NULL,
    amount   bigint NOT NULL,
    currency text   NOT NULL,
    session  text,
    url      text,
    payment  text,
    waits_us bigint,
    PRIMARY KEY (org, id)
);
CREATE INDEX purchase_states_payment ON tally.purchase_states (provider, payment)
    WHERE payment IS NOT NULL;
CREATE INDEX purchase_states_session ON tally.purchase_states (provider, session)
    WHERE session IS NOT NULL;
CREATE INDEX purchase_states_waits ON tally.purchase_states (waits_us) WHERE waits_us IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.purchase_states');
GRANT SELECT, INSERT, UPDATE (status, session, url, payment, waits_us) ON tally.purchase_states
    TO tally_writer;
GRANT SELECT ON tally.purchase_states TO tally_query;

CREATE FUNCTION tally.put_purchase_states(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.purchase_states
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.purchase_states, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET status = excluded.status, session = excluded.session, url = excluded.url,
           payment = excluded.payment, waits_us = excluded.waits_us
$$;
REVOKE ALL ON FUNCTION tally.put_purchase_states FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_purchase_states TO tally_writer;
