-- Balances say of which subscription they are: its state comes with the row of the credits.
DROP FUNCTION tally.wallets_of;
CREATE FUNCTION tally.wallets_of(orgs text[], owners text[], assets text[])
    RETURNS TABLE (
        org text, owner text, asked text, sequence bigint, recorded_us bigint, asset text, state text,
        subscription jsonb)
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    of_org text;
BEGIN
    FOR of_org IN SELECT DISTINCT n FROM unnest(orgs) AS n LOOP
        PERFORM pg_catalog.set_config('tally.org', of_org, true);
        RETURN QUERY
        SELECT of_org, n.owner, n.asset, coalesce(h.sequence, 0), h.recorded_us, b.asset, b.state,
               s.state
          FROM unnest(orgs, owners, assets) AS n (org, owner, asset)
          LEFT JOIN tally.heads h ON h.org = of_org
          LEFT JOIN tally.balances b ON b.org = of_org AND b.owner = n.owner
           AND (n.asset IS NULL OR b.asset = n.asset)
          LEFT JOIN tally.subscription_states s ON s.org = of_org AND s.owner = n.owner
         WHERE n.org = of_org
         ORDER BY b.asset;
    END LOOP;
    PERFORM pg_catalog.set_config('tally.org', '', true);
END $$;
REVOKE ALL ON FUNCTION tally.wallets_of FROM public;
GRANT EXECUTE ON FUNCTION tally.wallets_of TO tally_query;
