-- The roles that each org has made for itself: what `tally.put_role_books` is given, no more.
-- `roles` is JSON, {"<name>": ["<permission>", ...], ...}, as the last event of them says it.
CREATE TABLE tally.role_books (
    org   text NOT NULL PRIMARY KEY,
    roles text NOT NULL
);
SELECT tally.keep_orgs_apart('tally.role_books');
GRANT SELECT, INSERT, UPDATE (roles) ON tally.role_books TO tally_writer;
GRANT SELECT ON tally.role_books TO tally_query;

-- Who has such a role may do something else from now on: every process that may remember it is told,
-- as of keys that are changed, with no key.
CREATE FUNCTION tally.put_role_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('tally_credentials', n.org || ' ')
      FROM jsonb_populate_recordset(NULL::tally.role_books, rows) n;

    INSERT INTO tally.role_books (org, roles)
    SELECT n.org, n.roles
      FROM jsonb_populate_recordset(NULL::tally.role_books, rows) n
        ON CONFLICT (org) DO UPDATE SET roles = excluded.roles
$$;
REVOKE ALL ON FUNCTION tally.put_role_books FROM public;
GRANT EXECUTE ON FUNCTION tally.put_role_books TO tally_writer;
