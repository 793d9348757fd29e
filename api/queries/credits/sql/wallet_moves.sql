-- What moves a wallet after a version: in order, at most some, and of bounded size together (but at
-- least one).
SELECT version, sequence, recorded_us, type, body
  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY version) - octet_length(body) AS before
          FROM (SELECT version, sequence, recorded_us, type, body
                  FROM tally.events
                 WHERE org = %(org)s AND stream = %(stream)s AND version > %(after)s
                 ORDER BY version
                 LIMIT %(limit)s) AS next) AS page
 WHERE before < %(bytes)s::bigint
 ORDER BY version
