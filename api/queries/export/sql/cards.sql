-- Events of the stream of a rate card.
SELECT {event}
  FROM tally.events
 WHERE org = %(org)s AND stream = 'rate-card' AND version = ANY (%(versions)s::bigint[])
 ORDER BY sequence
