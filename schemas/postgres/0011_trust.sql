-- expect_heads: the heads that a commit was decided on without asking are still as they were.
--
-- Raises TS001 when another process has moved one of them. It locks nothing: those that the commit
-- moves itself are compared again under lock, and an org that moves a moment later has moved after
-- this commit. The planner must not take the table for as small as it was when it made its plan.
CREATE FUNCTION tally.expect_heads(
    head_org text[], head_sequence bigint[], head_hash bytea[], head_recorded_us bigint[]
) RETURNS void LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT
          FROM unnest(head_org, head_sequence, head_hash, head_recorded_us)
               AS n (org, sequence, hash, recorded_us)
          LEFT JOIN tally.heads h ON h.org = n.org
         WHERE coalesce(h.sequence, 0) <> n.sequence
            OR coalesce(h.hash, n.hash) <> n.hash
            OR coalesce(h.recorded_us, 0) <> n.recorded_us
    ) THEN
        RAISE EXCEPTION 'another process moved the head of an org' USING ERRCODE = 'TS001';
    END IF;
END $$;
REVOKE ALL ON FUNCTION tally.expect_heads FROM public;
GRANT EXECUTE ON FUNCTION tally.expect_heads TO tally_writer;
