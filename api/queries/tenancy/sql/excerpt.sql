-- The newest events of a stream with their neighbours in the chain of the org, its head, and up to
-- which sequence events may have been archived: all of one moment.
SELECT e.position, e.org, e.sequence, e.stream, e.version, e.type, e.recorded_us, e.actor,
       e.idempotency_key, e.body, e.hash,
       h.sequence AS head_sequence, h.hash AS head_hash,
       coalesce((SELECT max(a.last_sequence) FROM tally.archive_chains a
                  WHERE a.org = e.org), 0) AS archived
  FROM tally.events e
  JOIN tally.heads h ON h.org = e.org
 WHERE e.org = %(org)s
   AND e.sequence IN (
       SELECT o.sequence + beside
         FROM (SELECT n.sequence
                 FROM tally.events n
                WHERE n.org = %(org)s AND n.stream = %(stream)s
                ORDER BY n.version DESC
                LIMIT %(newest)s) o, unnest(ARRAY[-1, 0, 1]) AS beside)
 ORDER BY e.sequence
