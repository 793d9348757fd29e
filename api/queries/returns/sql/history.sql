-- What has happened to what comes back of an order, with the erasable text that came with it.
SELECT e.sequence, e.type, e.recorded_us, e.body, t.content AS text
  FROM (SELECT org, version, sequence, type, recorded_us,
               convert_from(body, 'UTF8')::jsonb AS body
          FROM tally.events
         WHERE org = %(org)s AND stream = 'returns/' || %(id)s AND type LIKE 'returns.%%') e
  LEFT JOIN tally.texts t ON t.org = e.org AND t.digest = e.body->>'reason'
 ORDER BY e.version
