-- What of each order gift cards and store credit pay, `stored_value` in all; of orders of before: nothing.
ALTER TABLE tally.order_states ADD COLUMN stored_value bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION tally.put_order_states(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.order_states
           (org, id, owner, guest, number, status, payment_status, total, stored_value, refunded,
            currency, provider, session, url, payment, cart, placed_us, ends_us, waits_us)
    SELECT n.org, n.id, n.owner, n.guest, n.number, n.status, n.payment_status, n.total,
           coalesce(n.stored_value, 0), n.refunded, n.currency, n.provider, n.session, n.url,
           n.payment, n.cart, n.placed_us, n.ends_us, n.waits_us
      FROM jsonb_populate_recordset(NULL::tally.order_states, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET number = excluded.number, status = excluded.status,
           payment_status = excluded.payment_status, refunded = excluded.refunded,
           provider = excluded.provider, session = excluded.session, url = excluded.url,
           payment = excluded.payment, waits_us = excluded.waits_us
$$;

-- The sequence stays the last column.
ALTER TABLE tally.orders NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.orders
    ADD COLUMN gift_cards bigint, ADD COLUMN store_credit bigint, ADD COLUMN new_sequence bigint;
UPDATE tally.orders SET new_sequence = sequence;
ALTER TABLE tally.orders DROP COLUMN sequence, ALTER COLUMN new_sequence SET NOT NULL;
ALTER TABLE tally.orders RENAME COLUMN new_sequence TO sequence;
ALTER TABLE tally.orders FORCE ROW LEVEL SECURITY;
