-- A place beside a read model, where it is made anew: the table rebuilt_<name>, which is not logged
-- and only the writer's. What a rebuild that was killed has left of it is taken away by the next.
CREATE FUNCTION tally.make_rebuilt(name text, key text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
DECLARE
    columns text := (SELECT string_agg(quote_ident(k), ', ') FROM unnest(key) AS k);
BEGIN
    IF to_regclass(format('tally.%I', name)) IS NULL
       OR NOT EXISTS (SELECT FROM tally.projections p WHERE p.name = make_rebuilt.name) THEN
        RAISE EXCEPTION '% is no read model', name USING ERRCODE = 'undefined_table';
    END IF;
    PERFORM tally.drop_rebuilt(name);
    EXECUTE format('CREATE UNLOGGED TABLE tally.%I (LIKE tally.%I INCLUDING DEFAULTS,
                    PRIMARY KEY (%s))', 'rebuilt_' || name, name, columns);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON tally.%I TO tally_writer', 'rebuilt_' || name);
END $$;
CREATE FUNCTION tally.drop_rebuilt(name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS tally.%I', 'rebuilt_' || name);
END $$;
REVOKE ALL ON FUNCTION tally.make_rebuilt, tally.drop_rebuilt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.make_rebuilt, tally.drop_rebuilt TO tally_writer;

-- To put a read model right is to take out rows, too.
GRANT DELETE ON tally.transactions TO tally_writer;
