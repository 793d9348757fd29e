-- The next events of one stream, in order, at most some, and of bounded size together (but at least
-- one).
SELECT {event}
  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY version) - octet_length(body) AS before
          FROM (SELECT *
                  FROM tally.events
                 WHERE org = %(org)s AND stream = %(stream)s AND version > %(after)s
                 ORDER BY version
                 LIMIT %(limit)s) AS next) AS page
 WHERE before < %(bytes)s::bigint
 ORDER BY version
