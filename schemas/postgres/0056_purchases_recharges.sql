-- By which rule a wallet buys credit by itself: what `tally.put_recharge_rules` is given, no more.
CREATE TABLE tally.recharge_rules (
    org            text   NOT NULL,
    owner          text   NOT NULL,
    rule           jsonb,
    method         text,
    purchase       text,
    month          text   NOT NULL,
    in_month       bigint NOT NULL,
    waits_until_us bigint,
    stopped        text,
    PRIMARY KEY (org, owner)
);
CREATE INDEX recharge_rules_method ON tally.recharge_rules (method) WHERE method IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.recharge_rules');
GRANT SELECT, INSERT,
    UPDATE (rule, method, purchase, month, in_month, waits_until_us, stopped)
    ON tally.recharge_rules TO tally_writer;
GRANT SELECT ON tally.recharge_rules TO tally_query;

CREATE FUNCTION tally.put_recharge_rules(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.recharge_rules
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.recharge_rules, rows) n
        ON CONFLICT (org, owner) DO UPDATE
       SET rule = excluded.rule, method = excluded.method, purchase = excluded.purchase,
           month = excluded.month, in_month = excluded.in_month,
           waits_until_us = excluded.waits_until_us, stopped = excluded.stopped
$$;
REVOKE ALL ON FUNCTION tally.put_recharge_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_recharge_rules TO tally_writer;
