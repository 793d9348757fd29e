-- The events of a range of an org's sequences that pass the filters, as many as have room. The range
-- is what bounds the work: filters of what has no index (who did it, whose wallet) look at every
-- event in it. `user_member` is "user":"..." as JSON writes it: whom a usage line is of, whoever
-- paid. A quote inside a text is written with a backslash, so these bytes are nothing else.
-- `found`: how many there are, with those that have no room. Without `lines`, the bodies of usage
-- are not read.
SELECT position, org, sequence, stream, version, type, recorded_us, actor, idempotency_key,
       CASE WHEN is_shown THEN body END AS body, octet_length(body) AS body_bytes, hash, found
  FROM (SELECT *, count(*) OVER () AS found,
               sum(CASE WHEN is_shown THEN octet_length(body) ELSE 0 END)
                   OVER (ORDER BY place ROWS UNBOUNDED PRECEDING)
                   - CASE WHEN is_shown THEN octet_length(body) ELSE 0 END AS before
          FROM (SELECT e.*, %(lines)s OR e.type <> 'credits.UsageRecorded' AS is_shown,
                       CASE WHEN %(newest_first)s THEN -e.sequence ELSE e.sequence END AS place
                  FROM tally.events e
                 WHERE e.org = %(org)s
                   AND e.sequence BETWEEN %(low)s::bigint AND %(high)s::bigint
                   AND (%(type)s::text IS NULL OR e.type = %(type)s)
                   AND (SELECT bool_and(strpos(e.actor, member) > 0)
                          FROM unnest(%(actor_members)s::text[]) AS member) IS NOT FALSE
                   AND (%(user)s::text IS NULL
                        OR (starts_with(e.stream, 'wallet/')
                            AND substr(e.stream, 8 + strpos(substr(e.stream, 8), '/')) = %(user)s)
                        OR position(%(user_member)s::bytea IN e.body) > 0)
                 ORDER BY place
                 LIMIT %(limit)s) AS first) AS page
 WHERE before < %(bytes)s::bigint
 ORDER BY place
