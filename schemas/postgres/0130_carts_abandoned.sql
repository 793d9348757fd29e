-- By which sweep a cart was found that expired with something in it and became no order. It is
-- counted in a fact, and then removed.
ALTER TABLE tally.carts ADD COLUMN swept text;
CREATE INDEX carts_swept ON tally.carts (org, swept) WHERE swept IS NOT NULL;
GRANT UPDATE (swept) ON tally.carts TO tally_writer;
