-- expect_heads: what a commit was decided on and does not change itself is still as it was.
--
-- Raises TS001 when another process has moved one of these heads. It locks nothing: an org that
-- moves a moment later has moved after this commit.
CREATE FUNCTION tally.expect_heads(head_org text[], head_sequence bigint[], head_hash bytea[])
    RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT
          FROM unnest(head_org, head_sequence, head_hash) AS n (org, sequence, hash)
          LEFT JOIN tally.heads h ON h.org = n.org
         WHERE coalesce(h.sequence, 0) <> n.sequence OR coalesce(h.hash, n.hash) <> n.hash
    ) THEN
        RAISE EXCEPTION 'another process moved the head of an org' USING ERRCODE = 'TS001';
    END IF;
END $$;
REVOKE ALL ON FUNCTION tally.expect_heads FROM public;
GRANT EXECUTE ON FUNCTION tally.expect_heads TO tally_writer;
