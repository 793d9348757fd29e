-- Money at a provider also moves for orders: each movement says for which one.
ALTER TABLE tally.events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.movements NO FORCE ROW LEVEL SECURITY;

ALTER TABLE tally.movements ADD COLUMN order_id text NOT NULL DEFAULT '';
UPDATE tally.movements m
   SET order_id = substr(e.stream, length('order/') + 1)
  FROM tally.events e
 WHERE e.org = m.org AND e.sequence = m.sequence AND e.stream LIKE 'order/%';

ALTER TABLE tally.events FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.movements FORCE ROW LEVEL SECURITY;

-- By which payments money came for an order, for who asks the provider how they stand.
CREATE INDEX movements_by_order ON tally.movements (org, order_id) WHERE order_id <> '';
