-- Which addresses an org has told of its events: what `tally.put_webhook_books` is given, no more.
CREATE TABLE tally.webhook_books (
    org      text  PRIMARY KEY,
    webhooks jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.webhook_books');
GRANT SELECT, INSERT, UPDATE (webhooks) ON tally.webhook_books TO tally_writer;
GRANT SELECT ON tally.webhook_books TO tally_query;

CREATE FUNCTION tally.put_webhook_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.webhook_books (org, webhooks)
    SELECT n.org, n.webhooks FROM jsonb_populate_recordset(NULL::tally.webhook_books, rows) n
        ON CONFLICT (org) DO UPDATE SET webhooks = excluded.webhooks
$$;
REVOKE ALL ON FUNCTION tally.put_webhook_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_webhook_books TO tally_writer;

-- What the secrets of webhooks are made of: readers show them, and who calls signs with them.
INSERT INTO tally.secrets
SELECT 'webhooks', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
CREATE FUNCTION tally.webhook_key() RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT secret FROM tally.secrets WHERE name = 'webhooks'
$$;
REVOKE ALL ON FUNCTION tally.webhook_key FROM PUBLIC;
ALTER FUNCTION tally.webhook_key OWNER TO tally_owner;
GRANT EXECUTE ON FUNCTION tally.webhook_key TO tally_query, tally_writer;
