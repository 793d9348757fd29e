-- Reads that callers wait for by the hundred: one statement, so one round trip.

-- The wallets of an owner and the org's head, from one moment; one row without a wallet when the
-- owner has none. It sets the org that row security lets through for its own transaction, which
-- who calls it alone ends with it.
CREATE FUNCTION tally.wallets_of(of_org text, of_owner text, of_asset text)
    RETURNS TABLE (sequence bigint, recorded_us bigint, asset text, state text)
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('tally.org', of_org, true);
    RETURN QUERY
    SELECT coalesce(h.sequence, 0), h.recorded_us, b.asset, b.state
      FROM (SELECT) AS one
      LEFT JOIN tally.heads h ON h.org = of_org
      LEFT JOIN tally.balances b ON b.org = of_org AND b.owner = of_owner
       AND (of_asset IS NULL OR b.asset = of_asset)
     ORDER BY b.asset;
END $$;
REVOKE ALL ON FUNCTION tally.wallets_of FROM public;
GRANT EXECUTE ON FUNCTION tally.wallets_of TO tally_query;
