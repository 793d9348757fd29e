-- What has happened to a purchase that is not in an archive.
SELECT sequence, type, recorded_us, convert_from(body, 'UTF8')::jsonb AS body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'purchase/' || %(id)s AND type LIKE 'purchases.%%'
 ORDER BY version
