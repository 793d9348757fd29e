-- How much of a transaction is reversed, and what lots have lost other than by use: looked up when
-- something is reversed. `sequence`: up to which event of the org a row counts.
CREATE TABLE tally.reversals (
    org      text   NOT NULL,
    original text   NOT NULL,
    amount   bigint NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (org, original)
);
CREATE TABLE tally.lot_losses (
    org       text   NOT NULL,
    owner     text   NOT NULL,
    asset     text   NOT NULL,
    lot       text   NOT NULL,
    expired   bigint NOT NULL,
    withdrawn bigint NOT NULL,
    sent      bigint NOT NULL,
    owed      bigint NOT NULL,
    sequence  bigint NOT NULL,
    PRIMARY KEY (org, owner, asset, lot)
);
SELECT tally.store_for_updates('tally.reversals', 90), tally.keep_orgs_apart('tally.reversals'),
       tally.store_for_updates('tally.lot_losses', 90), tally.keep_orgs_apart('tally.lot_losses');
GRANT SELECT, INSERT, UPDATE ON tally.reversals, tally.lot_losses TO tally_writer;
GRANT SELECT ON tally.reversals, tally.lot_losses TO tally_query;

-- What a commit adds: {"reversals": [...], "losses": [...]}, each as its table has it, and each row
-- once. It takes the position that the commit was given and hands it on, so that it is called after
-- tally.append, under the locks of the heads.
CREATE FUNCTION tally.enter_losses(entries jsonb, given bigint) RETURNS bigint
    LANGUAGE plpgsql AS $$
BEGIN
    IF entries IS NULL THEN  -- nearly always
        RETURN given;
    END IF;

    INSERT INTO tally.reversals AS r (org, original, amount, sequence)
    SELECT n.org, n.original, n.amount, n.sequence
      FROM jsonb_populate_recordset(NULL::tally.reversals, entries -> 'reversals') n
        ON CONFLICT (org, original) DO UPDATE
       SET amount = r.amount + excluded.amount, sequence = excluded.sequence;

    INSERT INTO tally.lot_losses AS l
           (org, owner, asset, lot, expired, withdrawn, sent, owed, sequence)
    SELECT n.org, n.owner, n.asset, n.lot, n.expired, n.withdrawn, n.sent, n.owed, n.sequence
      FROM jsonb_populate_recordset(NULL::tally.lot_losses, entries -> 'losses') n
        ON CONFLICT (org, owner, asset, lot) DO UPDATE
       SET expired = l.expired + excluded.expired, withdrawn = l.withdrawn + excluded.withdrawn,
           sent = l.sent + excluded.sent, owed = l.owed + excluded.owed,
           sequence = excluded.sequence;

    RETURN given;
END $$;
REVOKE ALL ON FUNCTION tally.enter_losses FROM public;
GRANT EXECUTE ON FUNCTION tally.enter_losses TO tally_writer;

-- What was recorded before: the rows are made of the events, and what was reversed leaves the state
-- of wallets, where it stood until now.
CREATE POLICY fill ON tally.events TO CURRENT_USER USING (true);
CREATE POLICY fill ON tally.balances TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY fill ON tally.reversals TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY fill ON tally.lot_losses TO CURRENT_USER USING (true) WITH CHECK (true);

INSERT INTO tally.reversals (org, original, amount, sequence)
SELECT r.org, r.body ->> 'original', sum((r.body ->> 'amount')::bigint), max(r.sequence)
  FROM (SELECT e.org, e.sequence, convert_from(e.body, 'UTF8')::jsonb AS body
          FROM tally.events e
         WHERE e.type IN ('credits.UsageReversed', 'credits.CreditReversed')) r
 GROUP BY r.org, r.body ->> 'original';

INSERT INTO tally.lot_losses
       (org, owner, asset, lot, expired, withdrawn, sent, owed, sequence)
SELECT w.org, regexp_replace(w.stream, '^wallet/[^/]*/', ''), split_part(w.stream, '/', 2),
       part ->> 'lot',
       coalesce(sum((part ->> 'amount')::bigint) FILTER (WHERE w.why = 'expired'), 0),
       coalesce(sum((part ->> 'amount')::bigint) FILTER (WHERE w.why = 'withdrawn'), 0),
       coalesce(sum((part ->> 'amount')::bigint) FILTER (WHERE w.why = 'sent'), 0),
       0, max(w.sequence)
  FROM (SELECT b.org, b.stream, b.sequence,
               CASE b.type WHEN 'credits.CreditsWithdrawn' THEN 'withdrawn'
                           WHEN 'credits.CreditsSent' THEN 'sent' ELSE 'expired' END AS why,
               CASE WHEN b.body ? 'returned' THEN b.body -> 'returned' -> 'expired'
                    WHEN b.type = 'credits.UsageReversed' THEN b.body -> 'expired'
                    ELSE b.body -> 'lots' END AS parts
          FROM (SELECT e.org, e.stream, e.sequence, e.type,
                       convert_from(e.body, 'UTF8')::jsonb AS body
                  FROM tally.events e
                 WHERE e.type IN ('credits.LotsExpired', 'credits.HoldCaptured',
                                  'credits.HoldReleased', 'credits.HoldExpired',
                                  'credits.UsageReversed', 'credits.CreditsWithdrawn',
                                  'credits.CreditsSent')) b) w
 CROSS JOIN LATERAL jsonb_array_elements(w.parts) part
 GROUP BY w.org, w.stream, part ->> 'lot';

-- No text of a state can look like this: within one, quotation marks are escaped.
UPDATE tally.balances
   SET state = regexp_replace(state, ',"reversed_so_far":\{[^{}]*\}', '')
 WHERE state LIKE '%,"reversed_so_far":{%';

DROP POLICY fill ON tally.events;
DROP POLICY fill ON tally.balances;
DROP POLICY fill ON tally.reversals;
DROP POLICY fill ON tally.lot_losses;
