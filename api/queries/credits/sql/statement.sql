-- A wallet's movements of a period by category and direction, with the balance before the first and
-- after the last of them, all from one moment and of no later sequence than one; and what of both
-- was not in effect yet, at the period's ends or now: the parts that were granted for later, less
-- those taken back before. A row without a category when nothing moved.
WITH before AS (
    SELECT t.balance_after
      FROM tally.transactions t
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.recorded_us < %(from_us)s::bigint AND t.sequence <= %(until)s::bigint
     ORDER BY t.sequence DESC, t.line DESC
     LIMIT 1
), within AS (
    SELECT t.sequence, t.line, t.category, t.amount, t.balance_after
      FROM tally.transactions t
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.recorded_us >= %(from_us)s::bigint AND t.recorded_us < %(to_us)s::bigint
       AND t.sequence <= %(until)s::bigint
), last AS (
    SELECT balance_after FROM within ORDER BY sequence DESC, line DESC LIMIT 1
), sums AS (
    SELECT category, amount >= 0 AS is_in, sum(abs(amount::numeric)) AS amount, count(*) AS count
      FROM within
     GROUP BY category, amount >= 0
), moment AS (
    SELECT coalesce(%(at_us)s::bigint, greatest(%(clock_us)s::bigint, max(h.recorded_us))) AS now_us
      FROM tally.heads h WHERE h.org = %(org)s
), scheduled AS (
    SELECT t.recorded_us, (part ->> 'effective_us')::bigint AS effective_us,
           CASE t.category WHEN 'grant' THEN 1 ELSE -1 END * (part ->> 'amount')::numeric AS amount
      FROM tally.transactions t
     CROSS JOIN jsonb_array_elements(t.detail::jsonb -> 'lots') part
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.category IN ('grant', 'adjustment', 'reversal')
       AND t.recorded_us < %(to_us)s::bigint AND t.sequence <= %(until)s::bigint
       AND part ? 'effective_us' AND part ->> 'effective_us' IS NOT NULL
), pending AS (
    SELECT sum(s.amount) FILTER (WHERE s.recorded_us < %(from_us)s::bigint
                                   AND s.effective_us > least(%(from_us)s::bigint, m.now_us)) AS opening,
           sum(s.amount) FILTER (WHERE s.effective_us > least(%(to_us)s::bigint, m.now_us)) AS closing
      FROM scheduled s CROSS JOIN moment m
)
SELECT coalesce((SELECT balance_after FROM before), 0) AS opening,
       coalesce((SELECT balance_after FROM last), (SELECT balance_after FROM before), 0) AS closing,
       coalesce((SELECT p.opening FROM pending p), 0)::bigint AS opening_pending,
       coalesce((SELECT p.closing FROM pending p), 0)::bigint AS closing_pending,
       s.category, s.is_in, s.amount::text AS amount, s.count
  FROM (SELECT) AS one
  LEFT JOIN sums s ON true
 ORDER BY s.category, s.is_in
