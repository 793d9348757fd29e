-- The last event of an org that was recorded by a moment; 0 when there was none. Recorded times
-- never run backwards in a chain, so halving its sequences finds it in some thirty looks at their
-- index, and no index of times is needed. An event that is archived lies before those that are not.
WITH RECURSIVE halving (low, high) AS (
    SELECT 0::bigint, coalesce((SELECT h.sequence FROM tally.heads h WHERE h.org = %(org)s), 0)
    UNION ALL
    SELECT CASE WHEN e.earlier THEN m.middle ELSE b.low END,
           CASE WHEN e.earlier THEN b.high ELSE m.middle - 1 END
      FROM halving b
     CROSS JOIN LATERAL (SELECT b.low + (b.high - b.low + 1) / 2 AS middle) m
     CROSS JOIN LATERAL (
           SELECT coalesce((SELECT v.recorded_us <= %(time_us)s::bigint
                              FROM tally.events v
                             WHERE v.org = %(org)s AND v.sequence = m.middle), true) AS earlier
           ) e
     WHERE b.low < b.high
)
SELECT low AS sequence FROM halving WHERE low = high
