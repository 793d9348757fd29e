-- The next events of a range, bounded in number and in bytes of bodies; at least one.
SELECT {event}
  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence) - octet_length(body) AS before
          FROM tally.events
         WHERE org = %(org)s AND sequence BETWEEN %(first)s AND %(last)s
         ORDER BY sequence
         LIMIT %(limit)s) page
 WHERE before < %(bytes)s
 ORDER BY sequence
