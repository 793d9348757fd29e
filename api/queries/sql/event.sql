SELECT sequence, stream, version, type, recorded_us, actor, idempotency_key, body, hash
  FROM tally.events
 WHERE org = %(org)s AND sequence = %(sequence)s
