-- An org's next events, at most some, and of bounded size together (but at least one).
SELECT {event}
  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence) - octet_length(body) AS before
          FROM (SELECT *
                  FROM tally.events
                 WHERE org = %(org)s AND sequence > %(after)s AND sequence <= %(until)s
                 ORDER BY sequence
                 LIMIT %(events)s) AS next) AS page
 WHERE before < %(bytes)s
 ORDER BY sequence
