-- Events of the stream of a rate card.
SELECT position, org, sequence, stream, version, type, recorded_us, actor, idempotency_key, body,
       hash
  FROM tally.events
 WHERE org = %(org)s AND stream = 'rate-card' AND version = ANY (%(versions)s::bigint[])
 ORDER BY sequence
