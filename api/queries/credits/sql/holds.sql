-- An org's open holds, newest first, before the one the page before ended with; each with the event
-- that placed it, of one user (in their wallet, or for them in the pool's) or of all. A wallet with
-- one is due, also when it holds nothing; the text is looked at before it is parsed.
WITH head AS (
    SELECT greatest(h.recorded_us, %(clock_us)s::bigint) AS now_us
      FROM tally.heads h WHERE h.org = %(org)s
), open AS (
    SELECT b.owner, o.key AS id, o.value AS hold, (o.value ->> 'placed_us')::bigint AS placed_us
      FROM tally.due d
      JOIN tally.balances b ON b.org = d.org AND b.asset = split_part(d.stream, '/', 2)
       AND b.owner = substr(d.stream, length('wallet//') + length(b.asset) + 1)
     CROSS JOIN head
     CROSS JOIN jsonb_each(b.state::jsonb -> 'funds' -> 'holds') o
     WHERE d.org = %(org)s AND starts_with(d.stream, 'wallet/')
       AND position('"holds":{"' IN b.state) > 0
       AND (%(user)s::text IS NULL OR b.owner IN (%(user)s, '@pool'))
       AND (%(user)s::text IS NULL OR b.owner = %(user)s OR o.value ->> 'user' = %(user)s)
       AND (o.value ->> 'expires_us')::bigint > head.now_us
)
SELECT o.owner, o.hold::text AS hold, k.sequence, e.hash
  FROM open o
  JOIN tally.keys k ON k.org = %(org)s AND k.space = 'hold' AND k.key = o.id
  JOIN tally.events e ON e.org = %(org)s AND e.sequence = k.sequence
 WHERE (o.placed_us, o.id) < (%(placed_us)s::bigint, %(id)s::text)
 ORDER BY o.placed_us DESC, o.id DESC
 LIMIT %(limit)s
