-- Refunds are listed, those that began last first. What ends one may be applied before what began
-- it: then its end stands for its beginning.
CREATE INDEX refunds_in_order ON tally.refunds (org, coalesce(asked_us, ended_us), refund);
