-- The functions of the look-up tables there were when each got its own, and of what is erased.

-- tenancy
CREATE FUNCTION tally.put_orgs(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.orgs (org, name, billing_mode, recorded_us)
    SELECT n.org, n.name, n.billing_mode, n.recorded_us
      FROM jsonb_populate_recordset(NULL::tally.orgs, rows) n
        ON CONFLICT (org) DO UPDATE
       SET name = excluded.name, billing_mode = excluded.billing_mode
$$;
CREATE FUNCTION tally.put_api_keys(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.api_keys (org, id, name, role, subject, secret_hash, recorded_us, revoked)
    SELECT n.org, n.id, n.name, n.role, n.subject, n.secret_hash, n.recorded_us, n.revoked
      FROM jsonb_populate_recordset(NULL::tally.api_keys, rows) n
        ON CONFLICT (org, id) DO UPDATE SET revoked = excluded.revoked
$$;

-- credits
CREATE FUNCTION tally.put_allowances(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.allowances (org, free_monthly, granted_month)
    SELECT n.org, n.free_monthly, n.granted_month
      FROM jsonb_populate_recordset(NULL::tally.allowances, rows) n
        ON CONFLICT (org) DO UPDATE
       SET free_monthly = excluded.free_monthly, granted_month = excluded.granted_month
$$;

-- What facts add, each what it adds itself.
CREATE FUNCTION tally.put_reversals(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.reversals AS r (org, original, amount, sequence)
    SELECT n.org, n.original, sum(n.amount), max(n.sequence)
      FROM jsonb_populate_recordset(NULL::tally.reversals, rows) n
     GROUP BY n.org, n.original
        ON CONFLICT (org, original) DO UPDATE
       SET amount = r.amount + excluded.amount, sequence = excluded.sequence
$$;
CREATE FUNCTION tally.put_lot_losses(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.lot_losses AS l
           (org, owner, asset, lot, expired, withdrawn, sent, owed, sequence)
    SELECT n.org, n.owner, n.asset, n.lot, sum(n.expired), sum(n.withdrawn), sum(n.sent),
           sum(n.owed), max(n.sequence)
      FROM jsonb_populate_recordset(NULL::tally.lot_losses, rows) n
     GROUP BY n.org, n.owner, n.asset, n.lot
        ON CONFLICT (org, owner, asset, lot) DO UPDATE
       SET expired = l.expired + excluded.expired, withdrawn = l.withdrawn + excluded.withdrawn,
           sent = l.sent + excluded.sent, owed = l.owed + excluded.owed,
           sequence = excluded.sequence
$$;

-- What is erased of tally.texts: {"org", "digests"}.
CREATE FUNCTION tally.put_erasures(rows jsonb) RETURNS void LANGUAGE sql AS $$
    SELECT tally.erase_texts(
               e ->> 'org', ARRAY(SELECT jsonb_array_elements_text(e -> 'digests')))
      FROM jsonb_array_elements(rows) e
$$;

DROP FUNCTION tally.enter_losses;
REVOKE ALL ON FUNCTION
    tally.put_orgs, tally.put_api_keys, tally.put_allowances, tally.put_reversals,
    tally.put_lot_losses, tally.put_erasures
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    tally.put_orgs, tally.put_api_keys, tally.put_allowances, tally.put_reversals,
    tally.put_lot_losses, tally.put_erasures
    TO tally_writer;
