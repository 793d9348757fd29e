-- What of a wallet's balance was not in effect at the ends of a period, or now, of no later sequence
-- than one: the parts that were granted for later, less those taken back before. What is looked up
-- by index is a column, and no expression: row security looks at those first.
WITH ends (name, time_us) AS (
    VALUES ('opening', %(from_us)s::bigint), ('closing', %(to_us)s::bigint)
), moment AS (
    SELECT coalesce(%(at_us)s::bigint, greatest(%(clock_us)s::bigint, max(h.recorded_us))) AS now_us
      FROM tally.heads h WHERE h.org = %(org)s
), scheduled AS (
    SELECT t.recorded_us, (part ->> 'effective_us')::bigint AS effective_us,
           CASE t.category WHEN 'grant' THEN 1 ELSE -1 END * (part ->> 'amount')::numeric AS amount
      FROM tally.transactions t
     CROSS JOIN jsonb_array_elements(t.detail::jsonb -> 'lots') part
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.category IN ('grant', 'adjustment', 'reversal') AND t.detail ~ '"effective_us":[0-9]'
       AND t.recorded_us < %(to_us)s::bigint AND t.sequence <= %(until)s::bigint
       AND part ? 'effective_us' AND part ->> 'effective_us' IS NOT NULL
)
SELECT e.name,
       coalesce((
           SELECT sum(c.amount)
             FROM scheduled c
            CROSS JOIN moment m
            WHERE c.recorded_us < e.time_us
              AND c.effective_us > least(e.time_us, m.now_us)), 0)::bigint AS pending
  FROM ends e
