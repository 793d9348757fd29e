-- Read models for people who query them: docs/read-models.md. What is null is not said; amounts are
-- of the asset's smallest unit; sums may be larger than any amount.

CREATE TABLE tally.statements (
    org          text    NOT NULL,
    owner        text    NOT NULL,
    asset        text    NOT NULL,
    month        text    NOT NULL,
    opening      bigint  NOT NULL,
    closing      bigint  NOT NULL,
    came_in      numeric NOT NULL,
    went_out     numeric NOT NULL,
    transactions numeric NOT NULL,
    sequence     bigint  NOT NULL,
    PRIMARY KEY (org, owner, asset, month)
);
CREATE TABLE tally.statement_lines (
    org          text    NOT NULL,
    owner        text    NOT NULL,
    asset        text    NOT NULL,
    month        text    NOT NULL,
    category     text    NOT NULL,
    is_in        boolean NOT NULL,
    amount       numeric NOT NULL,
    transactions numeric NOT NULL,
    sequence     bigint  NOT NULL,
    PRIMARY KEY (org, owner, asset, month, category, is_in)
);
CREATE TABLE tally.usage_days (
    org                text    NOT NULL,
    day                text    NOT NULL,
    user_id            text    NOT NULL,
    owner              text    NOT NULL,
    service            text    NOT NULL,
    project            text    NOT NULL,
    provider           text    NOT NULL,
    model              text    NOT NULL,
    lines              numeric NOT NULL,
    amount             numeric NOT NULL,
    debt               numeric NOT NULL,
    input_tokens       numeric NOT NULL,
    cached_tokens      numeric NOT NULL,
    cache_write_tokens numeric NOT NULL,
    output_tokens      numeric NOT NULL,
    sequence           bigint  NOT NULL,
    PRIMARY KEY (org, day, user_id, owner, service, project, provider, model)
);
CREATE INDEX usage_days_by_user ON tally.usage_days (org, user_id, day);

-- What ends a hold may be written before what began it is looked at: so only its key must be there.
CREATE TABLE tally.holds (
    org        text   NOT NULL,
    hold       text   NOT NULL,
    owner      text,
    asset      text,
    user_id    text,
    amount     bigint,
    placed_us  bigint,
    expires_us bigint,
    reference  text,
    service    text,
    project    text,
    provider   text,
    model      text,
    status     text   NOT NULL,
    charged    bigint,
    ended_us   bigint,
    sequence   bigint NOT NULL,
    PRIMARY KEY (org, hold)
);
CREATE INDEX holds_by_status ON tally.holds (org, status, placed_us);

CREATE TABLE tally.lots (
    org           text   NOT NULL,
    sequence      bigint NOT NULL,
    line          int    NOT NULL,
    owner         text   NOT NULL,
    asset         text   NOT NULL,
    lot           text   NOT NULL,
    kind          text   NOT NULL,
    amount        bigint NOT NULL,
    effective_us  bigint NOT NULL,
    expires_us    bigint,
    priority      int    NOT NULL,
    paid_amount   bigint,
    paid_currency text,
    recorded_us   bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX lots_by_wallet ON tally.lots (org, owner, asset, lot);

CREATE TABLE tally.caps (
    org          text    NOT NULL,
    sequence     bigint  NOT NULL,
    line         int     NOT NULL,
    cap          text    NOT NULL,
    limit_amount bigint  NOT NULL,
    period       text    NOT NULL,
    days         int,
    hard         boolean NOT NULL,
    scope        text    NOT NULL,
    thresholds   text    NOT NULL,
    recorded_us  bigint  NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE TABLE tally.alerts (
    org            text   NOT NULL,
    sequence       bigint NOT NULL,
    line           int    NOT NULL,
    cap            text   NOT NULL,
    subject        text   NOT NULL,
    period_from_us bigint NOT NULL,
    percent        int    NOT NULL,
    spent          bigint NOT NULL,
    limit_amount   bigint NOT NULL,
    recorded_us    bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);

DO $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY ARRAY['tally.statements', 'tally.statement_lines', 'tally.usage_days',
                                  'tally.holds', 'tally.lots', 'tally.caps', 'tally.alerts']
    LOOP
        PERFORM tally.keep_orgs_apart(target);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO tally_writer', target);
        EXECUTE format('GRANT SELECT ON %s TO tally_query', target);
    END LOOP;
END $$;
SELECT tally.store_for_updates('tally.statements', 50),
       tally.store_for_updates('tally.statement_lines', 50),
       tally.store_for_updates('tally.usage_days', 50),
       tally.store_for_updates('tally.holds', 50);

-- What is left of each lot now, as the wallet's own row says it: no copy, written with each event.
-- What has run out and is not recorded as expired yet is still there: see expires_us.
CREATE VIEW tally.open_lots WITH (security_invoker = true) AS
SELECT b.org, b.owner, b.asset, l.lot -> 'terms' ->> 'id' AS lot,
       l.lot -> 'terms' ->> 'kind' AS kind,
       (l.lot ->> 'left')::bigint AS remaining,
       coalesce((l.lot ->> 'held')::bigint, 0) AS held,
       (l.lot -> 'terms' ->> 'effective_us')::bigint AS effective_us,
       (l.lot -> 'terms' ->> 'expires_us')::bigint AS expires_us
  FROM tally.balances b
 CROSS JOIN LATERAL jsonb_array_elements(b.state::jsonb -> 'funds' -> 'lots') AS l (lot);
GRANT SELECT ON tally.open_lots TO tally_writer, tally_query;
