-- A follower that cannot apply an event sets its org aside, from that event on: the head of the org
-- says how far it is applied, `parked_us` since when it is set aside (µs), `why` what stands against
-- it. The other orgs go on.
ALTER TABLE tally.projection_heads
    ADD parked_us bigint,
    ADD why       text,
    ADD CHECK ((parked_us IS NULL) = (why IS NULL));
CREATE INDEX projection_heads_parked ON tally.projection_heads (org, name)
    WHERE parked_us IS NOT NULL;
-- Of those who keep no heads, as effects, the row is there only while an org is set aside.
GRANT UPDATE (parked_us, why), DELETE ON tally.projection_heads TO tally_writer;

-- How far each follower is, for operators: how many events it has before it, since when the oldest
-- of them is recorded (µs), and how many orgs it has set aside.
CREATE FUNCTION tally.follower_state()
    RETURNS TABLE (name text, behind bigint, behind_us bigint, parked bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT f.name, sum(s.position - f.position)::bigint, min(e.recorded_us),
           (SELECT count(*) FROM tally.projection_heads h
             WHERE h.name = f.name AND h.parked_us IS NOT NULL)
      FROM (SELECT p.name, s.id AS shard,
                   coalesce(own.position, tally.base_of(s.id)) AS position
              FROM (SELECT DISTINCT p.name FROM tally.projections p) p
             CROSS JOIN tally.shard s
              LEFT JOIN tally.projections own ON own.name = p.name AND own.shard = s.id) f
      JOIN tally.shard s ON s.id = f.shard
      LEFT JOIN LATERAL (
           SELECT n.recorded_us FROM tally.events n
            WHERE n.position > f.position AND n.position <= s.position
            ORDER BY n.position LIMIT 1) e ON true
     GROUP BY f.name
     ORDER BY f.name
$$;
REVOKE ALL ON FUNCTION tally.follower_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.follower_state() TO tally_query;
