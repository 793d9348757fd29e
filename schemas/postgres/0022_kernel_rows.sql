-- Rows of look-up tables: tally.append hands {"<table>": [rows], ...} to tally.enter_directories,
-- which calls tally.put_<table>(rows) for each. A context's table comes with its function in one
-- migration, and nothing here changes.
--
-- No other function can be called so: the name is that of the scheme, of this schema, of one jsonb;
-- and it runs with the rights of who commits, who must have been granted it.
CREATE OR REPLACE FUNCTION tally.enter_directories(entries jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    entry record;
BEGIN
    FOR entry IN SELECT e.key, e.value FROM jsonb_each(entries) e LOOP
        IF to_regprocedure(format('tally.%I(pg_catalog.jsonb)', 'put_' || entry.key)) IS NULL THEN
            RAISE EXCEPTION 'no migration brings tally.put_%(jsonb)', entry.key
                USING ERRCODE = 'undefined_function';
        END IF;
        EXECUTE format('SELECT tally.%I($1)', 'put_' || entry.key) USING entry.value;
    END LOOP;
END $$;
