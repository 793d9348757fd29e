-- The events of a range of an org's sequences that pass the filters. The range is what bounds the
-- work: filters of what has no index (who did it, whose wallet) look at every event in it.
-- `user_member` is "user":"..." as JSON writes it: whom a usage line is of, whoever paid. A quote
-- inside a text is written with a backslash, so these bytes are nothing else.
SELECT e.position, e.org, e.sequence, e.stream, e.version, e.type, e.recorded_us, e.actor,
       e.idempotency_key, e.body, e.hash
  FROM tally.events e
 WHERE e.org = %(org)s AND e.sequence BETWEEN %(low)s::bigint AND %(high)s::bigint
   AND (%(type)s::text IS NULL OR e.type = %(type)s)
   AND (SELECT bool_and(strpos(e.actor, member) > 0)
          FROM unnest(%(actor_members)s::text[]) AS member) IS NOT FALSE
   AND (%(user)s::text IS NULL
        OR (starts_with(e.stream, 'wallet/')
            AND substr(e.stream, 8 + strpos(substr(e.stream, 8), '/')) = %(user)s)
        OR position(%(user_member)s::bytea IN e.body) > 0)
 ORDER BY CASE WHEN %(newest_first)s THEN -e.sequence ELSE e.sequence END
 LIMIT %(limit)s
