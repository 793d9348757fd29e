-- Whom the catalogue grants what: grantee, object, privileges; columns in brackets. Without what an
-- owner may do anyway, and without the functions of the job library, whose schema only the writer
-- may use.
WITH granted AS (
    SELECT a.grantee, 'database' AS object, a.privilege_type, NULL::text AS of_column, d.datdba AS owner
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = current_database()
    UNION ALL
    SELECT a.grantee, 'schema ' || n.nspname, a.privilege_type, NULL, n.nspowner
      FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
     WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT a.grantee, c.oid::regclass::text, a.privilege_type, NULL, c.relowner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
           aclexplode(coalesce(c.relacl, acldefault(
               CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
     WHERE n.nspname IN ('tally', 'tally_jobs', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT a.grantee, c.oid::regclass::text, a.privilege_type, t.attname, c.relowner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
     WHERE n.nspname IN ('tally', 'tally_jobs', 'public')
    UNION ALL
    SELECT a.grantee, p.proname || '()', a.privilege_type, NULL, p.proowner
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
           aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     WHERE n.nspname IN ('tally', 'public')
    UNION ALL
    SELECT a.grantee, 'later ' || d.defaclobjtype::text || ' of ' || d.defaclrole::regrole::text,
           a.privilege_type, NULL, d.defaclrole
      FROM pg_default_acl d, aclexplode(d.defaclacl) a
), folded AS (
    SELECT coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC') AS grantee, object,
           privilege_type || coalesce(
               '(' || string_agg(of_column, ',' ORDER BY of_column) || ')', '') AS privilege
      FROM granted
     WHERE grantee <> owner
     GROUP BY grantee, object, privilege_type
)
SELECT grantee, object, string_agg(privilege, ' ' ORDER BY privilege)
  FROM folded
 GROUP BY 1, 2
 ORDER BY 1, 2
