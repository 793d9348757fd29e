-- How many operator keys the platform ever issued, and how many still open something.
SELECT count(*) AS issued, count(*) FILTER (WHERE NOT revoked) AS open
  FROM tally.api_keys
 WHERE org = %(org)s AND role = 'operator'
