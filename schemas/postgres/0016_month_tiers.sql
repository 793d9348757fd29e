-- What was used of a meter in a calendar month, where the price of the next unit depends on it:
-- rows of the same transaction as the usage they count. `payer` is empty for all of an org.
CREATE TABLE tally.meter_counters (
    org      text   NOT NULL,
    payer    text   NOT NULL,
    provider text   NOT NULL,
    model    text   NOT NULL,
    meter    text   NOT NULL,
    month    text   NOT NULL,
    used     bigint NOT NULL,
    PRIMARY KEY (org, payer, provider, model, meter, month)
);
SELECT tally.store_for_updates('tally.meter_counters', 50),
       tally.keep_orgs_apart('tally.meter_counters');
GRANT SELECT, INSERT, UPDATE ON tally.meter_counters TO tally_writer;
GRANT SELECT ON tally.meter_counters TO tally_query;

CREATE FUNCTION tally.enter_meter_counters(entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.meter_counters (org, payer, provider, model, meter, month, used)
    SELECT n.org, n.payer, n.provider, n.model, n.meter, n.month, n.used
      FROM jsonb_populate_recordset(NULL::tally.meter_counters, entries) n
        ON CONFLICT (org, payer, provider, model, meter, month) DO UPDATE
       SET used = excluded.used
$$;

-- The counters of a commit: {"caps": [...], "meters": [...]}, each as its table has it.
ALTER FUNCTION tally.enter_counters(jsonb) RENAME TO enter_cap_counters;
CREATE FUNCTION tally.enter_counters(entries jsonb) RETURNS void LANGUAGE sql AS $$
    SELECT tally.enter_cap_counters(entries -> 'caps'),
           tally.enter_meter_counters(entries -> 'meters')
$$;
REVOKE ALL ON FUNCTION tally.enter_counters, tally.enter_meter_counters FROM public;
GRANT EXECUTE ON FUNCTION tally.enter_counters, tally.enter_meter_counters TO tally_writer;
