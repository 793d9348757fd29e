-- What the counters of caps have added up since each cap's window began, the highest first, with
-- one more than are shown of each cap.
SELECT cap, subject, spent, held
  FROM (SELECT c.cap, c.subject, sum(c.spent) AS spent, sum(c.held) AS held,
               row_number() OVER (PARTITION BY c.cap
                                  ORDER BY sum(c.spent + c.held) DESC, c.subject) AS place
          FROM unnest(%(caps)s::text[], %(since)s::bigint[]) AS w (cap, since_us)
          JOIN tally.cap_counters c
            ON c.org = %(org)s AND c.cap = w.cap AND c.bucket_us >= w.since_us
         GROUP BY c.cap, c.subject) AS counted
 WHERE place <= %(limit)s + 1
 ORDER BY cap, place
