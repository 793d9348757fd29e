-- The logins of a ledger, made once by a superuser in the ledger's own database:
--
--   psql -d tally -f ops/postgresql/roles.sql
--
--   tally_admin            owns the database and migrates; `tally migrate`, `tally backup`,
--                          `tally restore`, `tally rebuild` and `tally partitions` work as it.
--                          CREATEROLE: the first migration asks for the roles by making them
--   tally_service_writer   what decides, follows and seals
--   tally_service_query    what reads, one org at a time
--
-- Passwords come from files, /run/secrets as containers have it. The roles themselves, tally_owner,
-- tally_writer and tally_query, are made here: nobody logs in as them.

\set ON_ERROR_STOP on
\if :{?secrets} \else \set secrets /run/secrets \endif
\set owner_password `cat :secrets/owner_password`
\set writer_password `cat :secrets/writer_password`
\set query_password `cat :secrets/query_password`

CREATE ROLE tally_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE tally_writer NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE tally_query NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;

CREATE ROLE tally_admin LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD :'owner_password';
GRANT tally_owner TO tally_admin WITH INHERIT TRUE, SET TRUE, ADMIN TRUE;
GRANT tally_writer, tally_query TO tally_admin WITH INHERIT FALSE, SET FALSE, ADMIN TRUE;

CREATE ROLE tally_service_writer LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'writer_password';
GRANT tally_writer TO tally_service_writer WITH INHERIT TRUE, SET FALSE;

CREATE ROLE tally_service_query LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'query_password';
GRANT tally_query TO tally_service_query WITH INHERIT TRUE, SET FALSE;

SELECT format('ALTER DATABASE %I OWNER TO tally_admin', current_database()) \gexec
GRANT CREATE ON SCHEMA public TO tally_admin;
