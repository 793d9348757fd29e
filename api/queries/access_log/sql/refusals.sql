-- The entries of a range of an org's access log that pass the filters; the range bounds the work.
SELECT org, sequence, recorded_us, first_us, last_us, times, code, detail, method, path, subject,
       key_id, request_id, origin, hash
  FROM tally.access_log
 WHERE org = %(org)s AND sequence BETWEEN %(low)s::bigint AND %(high)s::bigint
   AND (%(code)s::text IS NULL OR code = %(code)s)
   AND (%(subject)s::text IS NULL OR subject = %(subject)s)
   AND (%(key_id)s::text IS NULL OR key_id = %(key_id)s)
   AND (%(request_id)s::text IS NULL OR request_id = %(request_id)s)
   AND (%(from_us)s::bigint IS NULL OR last_us >= %(from_us)s)
   AND (%(to_us)s::bigint IS NULL OR first_us < %(to_us)s)
 ORDER BY CASE WHEN %(newest_first)s THEN -sequence ELSE sequence END
 LIMIT %(limit)s
