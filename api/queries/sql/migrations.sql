SELECT name FROM public.tally_migrations ORDER BY name
