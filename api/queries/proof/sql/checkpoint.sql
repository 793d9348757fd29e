-- The newest checkpoint of an org, or the first that covers a size.
SELECT size, root, recorded_us, note
  FROM tally.checkpoints
 WHERE org = %(org)s
   AND size >= coalesce(%(size)s::bigint, (SELECT max(size) FROM tally.checkpoints
                                            WHERE org = %(org)s))
 ORDER BY size, access_sequence DESC
 LIMIT 1
