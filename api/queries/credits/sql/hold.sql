-- The event that placed a hold, and those after it in its wallet that name the hold; `known` is the
-- hold as a snapshot has it, of before the other events. No event: it is in an archive. The id may
-- stand in another's text too: the reader looks at the facts. `until`, a version of that wallet,
-- bounds what is read, not only what is found.
--
-- A busy wallet has many other events since. Its snapshots name the hold while it is open, as
-- "id":{, and after it has expired for as long as it can be captured, as "id":. So halving them finds
-- the last that does, and the hold's end stands before the next. What is looked up by index is a
-- column, and no expression, which row security would look at first; and an order says which index.
WITH RECURSIVE first AS MATERIALIZED (
    SELECT e.org, e.stream, e.version, split_part(e.stream, '/', 2) AS asset,
           substr(e.stream, length('wallet//') + length(split_part(e.stream, '/', 2)) + 1) AS owner
      FROM tally.keys k
      JOIN tally.events e ON e.org = k.org AND e.sequence = k.sequence
     WHERE k.org = %(org)s AND k.space = 'hold' AND k.key = %(hold)s
), placed AS MATERIALIZED (
    SELECT p.*, least(b.version, coalesce(%(until)s::bigint, b.version)) AS last
      FROM first p
      JOIN tally.balances b ON b.org = p.org AND b.owner = p.owner AND b.asset = p.asset
), halving (naming, low, high, at) AS (
    SELECT '"' || %(hold)s || '":' || n.what, l.low, l.high,
           (l.low + (l.high - l.low + 1) / 2) * %(every)s::bigint
      FROM placed p
     CROSS JOIN LATERAL (SELECT p.version / %(every)s AS low, p.last / %(every)s AS high) l
     CROSS JOIN (VALUES ('{'), ('')) n (what)
    UNION ALL
    SELECT h.naming, l.low, l.high, (l.low + (l.high - l.low + 1) / 2) * %(every)s::bigint
      FROM halving h
     CROSS JOIN placed p
     CROSS JOIN LATERAL (
           SELECT coalesce((
                      SELECT s.version = h.at AND position(h.naming IN s.state) > 0
                        FROM tally.wallet_snapshots s
                       WHERE s.org = p.org AND s.owner = p.owner AND s.asset = p.asset
                         AND s.version >= h.at
                       ORDER BY s.version
                       LIMIT 1), false) AS names
           OFFSET 0) n
     CROSS JOIN LATERAL (
           SELECT CASE WHEN n.names THEN h.at / %(every)s ELSE h.low END AS low,
                  CASE WHEN n.names THEN h.high ELSE h.at / %(every)s - 1 END AS high
           ) l
     WHERE h.low < h.high
), found AS MATERIALIZED (
    SELECT h.naming, h.low * %(every)s::bigint AS version, (h.low + 1) * %(every)s::bigint AS next
      FROM halving h
     WHERE h.low = h.high
), range AS MATERIALIZED (
    SELECT DISTINCT f.version AS after,
           least(p.last, (
               SELECT CASE s.version WHEN f.next THEN f.next END
                 FROM tally.wallet_snapshots s
                WHERE s.org = p.org AND s.owner = p.owner AND s.asset = p.asset
                  AND s.version >= f.next
                ORDER BY s.version
                LIMIT 1)) AS last
      FROM found f
     CROSS JOIN placed p
), known AS (
    SELECT (SELECT CASE s.version
                       WHEN f.version THEN (s.state::jsonb -> 'funds' -> 'holds' -> %(hold)s)::text
                   END
              FROM tally.wallet_snapshots s
             WHERE s.org = p.org AND s.owner = p.owner AND s.asset = p.asset
               AND s.version >= f.version
             ORDER BY s.version
             LIMIT 1) AS hold
      FROM found f
     CROSS JOIN placed p
     WHERE right(f.naming, 1) = '{'
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
