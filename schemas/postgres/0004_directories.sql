-- What the operator and the readiness check may read across orgs.

CREATE FUNCTION tally.list_orgs(after text, most int)
    RETURNS TABLE (org text, name text, billing_mode text, recorded_us bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT o.org, o.name, o.billing_mode, o.recorded_us
      FROM tally.orgs o
     WHERE o.org > after
     ORDER BY o.org
     LIMIT most
$$;
REVOKE ALL ON FUNCTION tally.list_orgs FROM public;
GRANT EXECUTE ON FUNCTION tally.list_orgs TO tally_query;

GRANT SELECT ON public.tally_migrations TO tally_query;
