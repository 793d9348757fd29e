-- How far from its beginning a range of events reaches whose bodies may all be looked at: so many
-- bytes of them, and at least one event.
SELECT sequence
  FROM (SELECT sequence, place,
               sum(octet_length(body)) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING)
                   - octet_length(body) AS before
          FROM (SELECT e.sequence, e.body,
                       CASE WHEN %(newest_first)s THEN -e.sequence ELSE e.sequence END AS place
                  FROM tally.events e
                 WHERE e.org = %(org)s
                   AND e.sequence BETWEEN %(low)s::bigint AND %(high)s::bigint) AS range) AS summed
 WHERE before < %(bytes)s::bigint
 ORDER BY place DESC
 LIMIT 1
