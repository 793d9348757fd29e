-- The event that placed a hold, and those after it in its wallet that name the hold; `known` is the
-- hold as a snapshot has it, of before the other events. No event: it is in an archive. The id may
-- stand in another's text too: the reader looks at the facts. `until`, a version of that wallet,
-- bounds what is read, not only what is found.
--
-- A busy wallet has many other events since. Its snapshots name the hold while it is open, as
-- "id":{, and after it has expired for as long as it can be captured, as "id":. So halving them finds
-- the last that does, and the hold's end stands before the next.
WITH RECURSIVE placed AS (
    SELECT e.org, e.stream, e.version, b.owner, b.asset,
           least(b.version, coalesce(%(until)s::bigint, b.version)) AS last
      FROM tally.keys k
      JOIN tally.events e ON e.org = k.org AND e.sequence = k.sequence
      JOIN tally.balances b ON b.org = e.org AND b.asset = split_part(e.stream, '/', 2)
       AND b.owner = substr(e.stream, length('wallet//') + length(b.asset) + 1)
     WHERE k.org = %(org)s AND k.space = 'hold' AND k.key = %(hold)s
), halving (naming, low, high) AS (
    SELECT '"' || %(hold)s || '":' || n.what, p.version / %(every)s, p.last / %(every)s
      FROM placed p CROSS JOIN (VALUES ('{'), ('')) n (what)
    UNION ALL
    SELECT h.naming, CASE WHEN n.names THEN m.middle ELSE h.low END,
           CASE WHEN n.names THEN h.high ELSE m.middle - 1 END
      FROM halving h
     CROSS JOIN placed p
     CROSS JOIN LATERAL (SELECT h.low + (h.high - h.low + 1) / 2 AS middle) m
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM tally.wallet_snapshots s
                           WHERE s.org = p.org AND s.owner = p.owner AND s.asset = p.asset
                             AND s.version = m.middle * %(every)s
                             AND position(h.naming IN s.state) > 0) AS names
           ) n
     WHERE h.low < h.high
), range AS MATERIALIZED (
    SELECT DISTINCT h.low * %(every)s AS after, least(p.last, coalesce(s.version, p.last)) AS last
      FROM halving h
     CROSS JOIN placed p
      LEFT JOIN tally.wallet_snapshots s ON s.org = p.org AND s.owner = p.owner
       AND s.asset = p.asset AND s.version = (h.low + 1) * %(every)s
     WHERE h.low = h.high
), known AS (
    SELECT (s.state::jsonb -> 'funds' -> 'holds' -> %(hold)s)::text AS hold
      FROM halving h
     CROSS JOIN placed p
      JOIN tally.wallet_snapshots s ON s.org = p.org AND s.owner = p.owner AND s.asset = p.asset
       AND s.version = h.low * %(every)s
     WHERE h.low = h.high AND right(h.naming, 1) = '{'
), named AS (
    SELECT e.sequence, e.stream, e.version, e.type, e.recorded_us, e.body, e.hash
      FROM placed p
      JOIN tally.events e ON e.org = p.org AND e.stream = p.stream AND e.version = p.version
    UNION
    SELECT e.sequence, e.stream, e.version, e.type, e.recorded_us, e.body, e.hash
      FROM placed p
     CROSS JOIN range r
      JOIN tally.events e ON e.org = p.org AND e.stream = p.stream
       AND e.version > greatest(r.after, p.version) AND e.version <= r.last
     WHERE e.type = ANY (%(types)s::text[])
       AND position(convert_to(%(hold)s, 'UTF8') IN e.body) > 0
)
SELECT n.*, (SELECT k.hold FROM known k) AS known
  FROM tally.keys k
  LEFT JOIN named n ON true
 WHERE k.org = %(org)s AND k.space = 'hold' AND k.key = %(hold)s
 ORDER BY n.version
