-- Stand-ins for the functions of Citus that ops/citus/distribute.sql calls: they have their names
-- and arguments, refuse what Citus is documented to refuse, and write down what was asked. They
-- distribute nothing.

CREATE TABLE public.placed (name regclass PRIMARY KEY, how text NOT NULL, beside text);

CREATE FUNCTION public.create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash',
    colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key smallint := (SELECT attnum FROM pg_attribute
                      WHERE attrelid = table_name AND attname = distribution_column);
    bad text;
BEGIN
    IF (SELECT relispartition FROM pg_class WHERE oid = table_name) THEN
        RAISE EXCEPTION 'cannot distribute relation %, which is a partition', table_name;
    END IF;
    SELECT i.indexrelid::regclass INTO bad FROM pg_index i
     WHERE (i.indrelid = table_name
            OR i.indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = table_name))
       AND i.indisunique AND NOT key = ANY (i.indkey) LIMIT 1;
    IF key IS NULL OR bad IS NOT NULL THEN
        RAISE EXCEPTION 'cannot create constraint % on %: no %', bad, table_name, distribution_column;
    END IF;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_name AND NOT tgisinternal)
       AND current_setting('citus.enable_unsafe_triggers', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'triggers are not supported on distributed tables: %', table_name;
    END IF;
    IF colocate_with <> 'none'
       AND NOT EXISTS (SELECT FROM public.placed
                        WHERE name = colocate_with::regclass AND how = 'distributed') THEN
        RAISE EXCEPTION 'cannot colocate % with %', table_name, colocate_with;
    END IF;
    INSERT INTO public.placed VALUES (table_name, 'distributed', nullif(colocate_with, 'none'));
END $$;

CREATE FUNCTION public.create_reference_table(table_name regclass) RETURNS void
    LANGUAGE sql AS $$ INSERT INTO public.placed VALUES (table_name, 'reference') $$;

CREATE FUNCTION public.citus_add_local_table_to_metadata(
    table_name regclass, cascade_via_foreign_keys boolean DEFAULT false
) RETURNS void LANGUAGE sql AS $$ INSERT INTO public.placed VALUES (table_name, 'local') $$;

CREATE TABLE public.placed_functions (name regprocedure PRIMARY KEY, argument text NOT NULL);

CREATE FUNCTION public.create_distributed_function(
    function_name regprocedure, distribution_arg_name text DEFAULT NULL,
    colocate_with text DEFAULT 'default', force_delegation boolean DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_proc p
                     CROSS JOIN unnest(p.proargnames, p.proargtypes::oid[]) a (name, type)
                    WHERE p.oid = function_name AND a.name = distribution_arg_name
                      AND a.type = 'text'::regtype) THEN
        RAISE EXCEPTION 'cannot distribute the function % by %', function_name, distribution_arg_name;
    END IF;
    IF NOT EXISTS (SELECT FROM public.placed
                    WHERE name = colocate_with::regclass AND how = 'distributed') THEN
        RAISE EXCEPTION 'cannot colocate function % with %', function_name, colocate_with;
    END IF;
    INSERT INTO public.placed_functions VALUES (function_name, distribution_arg_name);
END $$;
