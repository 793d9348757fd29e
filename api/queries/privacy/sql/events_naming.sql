-- The events of a range whose stream, actor or body has a person's id somewhere, of bounded size
-- together (but at least one).
SELECT {event}
  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence) - octet_length(body) AS before
          FROM tally.events
         WHERE org = %(org)s AND sequence > %(after)s AND sequence <= %(until)s
           AND (strpos(stream, %(person)s) > 0 OR strpos(actor, %(person)s) > 0
                OR position(convert_to(%(person)s, 'UTF8') IN body) > 0)) AS named
 WHERE before < 8000000
 ORDER BY sequence
