-- What has happened to an order that is not in an archive, with the erasable text that came with it.
SELECT e.sequence, e.type, e.recorded_us, e.body, t.content AS text
  FROM (SELECT org, version, sequence, type, recorded_us,
               convert_from(body, 'UTF8')::jsonb AS body
          FROM tally.events
         WHERE org = %(org)s AND stream = %(stream)s AND type LIKE 'ordering.%%') e
  LEFT JOIN tally.texts t
    ON t.org = e.org AND t.digest = coalesce(e.body->>'contact', e.body->>'reason')
 ORDER BY e.version
