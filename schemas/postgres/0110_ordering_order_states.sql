-- Where each order is: what `tally.put_order_states` is given, no more. `guest` is the digest of the
-- secret by which somebody else than a user reads it; `session` and `payment` are the provider's;
-- `waits_us`: since when something is the provider's to tell, for who asks it.
CREATE TABLE tally.order_states (
    org            text   NOT NULL,
    id             text   NOT NULL,
    owner          text,
    guest          text,
    number         text,
    status         text   NOT NULL,
    payment_status text   NOT NULL,
    total          bigint NOT NULL,
    refunded       bigint NOT NULL,
    currency       text   NOT NULL,
    provider       text,
    session        text,
    url            text,
    payment        text,
    cart           text,
    placed_us      bigint NOT NULL,
    ends_us        bigint NOT NULL,
    waits_us       bigint,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 50);
CREATE INDEX order_states_waits ON tally.order_states (waits_us) WHERE waits_us IS NOT NULL;
CREATE INDEX order_states_owner ON tally.order_states (org, owner) WHERE owner IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.order_states');
GRANT SELECT, INSERT,
    UPDATE (number, status, payment_status, refunded, provider, session, url, payment, waits_us)
    ON tally.order_states TO tally_writer;
GRANT SELECT ON tally.order_states TO tally_query;

CREATE FUNCTION tally.put_order_states(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.order_states
           (org, id, owner, guest, number, status, payment_status, total, refunded, currency,
            provider, session, url, payment, cart, placed_us, ends_us, waits_us)
    SELECT n.org, n.id, n.owner, n.guest, n.number, n.status, n.payment_status, n.total, n.refunded,
           n.currency, n.provider, n.session, n.url, n.payment, n.cart, n.placed_us, n.ends_us,
           n.waits_us
      FROM jsonb_populate_recordset(NULL::tally.order_states, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET number = excluded.number, status = excluded.status,
           payment_status = excluded.payment_status, refunded = excluded.refunded,
           provider = excluded.provider, session = excluded.session, url = excluded.url,
           payment = excluded.payment, waits_us = excluded.waits_us
$$;
REVOKE ALL ON FUNCTION tally.put_order_states FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_order_states TO tally_writer;
