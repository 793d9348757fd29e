-- How far sealing is, from what is signed: what the sealer says of its own position counts nothing.

-- For the metrics and for readiness, across orgs: when the oldest event above its org's newest
-- checkpoint was recorded (NULL: there is none), and how many orgs are not sealed any further.
CREATE OR REPLACE FUNCTION tally.sealing_state()
    RETURNS TABLE (unsealed_us bigint, refused bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT (SELECT min(coalesce(e.recorded_us, h.recorded_us))
              FROM tally.heads h
              LEFT JOIN LATERAL (SELECT c.size FROM tally.checkpoints c
                                  WHERE c.org = h.org ORDER BY c.size DESC LIMIT 1) c ON true
              LEFT JOIN LATERAL (SELECT e.recorded_us FROM tally.events e
                                  WHERE e.org = h.org AND e.sequence = coalesce(c.size, 0) + 1
                                  LIMIT 1) e ON true
             WHERE h.sequence > coalesce(c.size, 0)),
           (SELECT count(*) FROM tally.trees t WHERE t.refused IS NOT NULL)
$$;
