-- A page of one aggregate's events, after a version.
SELECT position, org, sequence, stream, version, type, recorded_us, actor, idempotency_key, body,
       hash
  FROM tally.events
 WHERE org = %(org)s AND stream = %(stream)s AND version > %(after)s::bigint
 ORDER BY version
 LIMIT %(limit)s
