"""Who may do what in the database, as its catalogue says, and what each role tries in vain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg import conninfo, errors, sql

from adapters.postgres.connection import OWNER, DatabaseUrls, NoCredential
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from tests.contracts.conftest import new_database
from tests.contracts.postgres import grants
from tests.contracts.postgres.grants import granted

Connection = psycopg.Connection[tuple[Any, ...]]
ROLES = ("writer", "query")
SEARCH_PATH = "search_path=pg_catalog, tally, pg_temp"

IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"

DOMAIN_OF_THE_ATTACK = (
    "CREATE FUNCTION pg_temp.rise(given pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS "
    "$$ BEGIN EXECUTE pg_catalog.format('ALTER ROLE %I SUPERUSER', session_user); "
    "RETURN true; END $$",
    "GRANT EXECUTE ON FUNCTION pg_temp.rise TO PUBLIC",
    "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.rise(value))",
)


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(database.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest, database: DatabaseUrls) -> Iterator[Connection]:
    """A session of each role."""
    with psycopg.connect(getattr(database, request.param), autocommit=True) as connection:
        yield connection


def rows(connection: Connection, query: str, *parameters: object) -> list[Any]:
    return connection.execute(query, parameters or None).fetchall()


# -- functions ---------------------------------------------------------------------------------

DEFINERS = """
SELECT p.oid::regprocedure::text, r.rolname, r.rolsuper, r.rolcanlogin, p.proconfig
  FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
 WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace
 ORDER BY 1
"""


def bad_definers(connection: Connection) -> list[str]:
    """Functions with their owner's rights that are not safe."""
    return [
        name
        for name, owner, is_super, can_login, settings in rows(connection, DEFINERS)
        if owner != OWNER or is_super or can_login or SEARCH_PATH not in (settings or [])
    ]


def test_functions_with_their_owners_rights_are_safe(owner: Connection) -> None:
    assert len(rows(owner, DEFINERS)) >= 8
    assert bad_definers(owner) == []


@pytest.mark.parametrize(
    "settings", ["", "SET search_path = pg_catalog", "SET search_path = pg_catalog, pg_temp, tally"]
)
def test_the_next_bad_one_is_found(owner: Connection, settings: str) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute(
            "CREATE FUNCTION tally.bad() RETURNS int LANGUAGE sql SECURITY DEFINER "
            f"{settings} AS 'SELECT 1'"
        )
        owner.execute(f"ALTER FUNCTION tally.bad OWNER TO {OWNER}")
        assert bad_definers(owner) == ["tally.bad()"]


def test_everything_of_the_schema_is_the_owners_and_nobody_is_the_owner(owner: Connection) -> None:
    strangers = rows(
        owner,
        "SELECT relname FROM pg_class WHERE relnamespace = 'tally'::regnamespace "
        "AND relowner <> 'tally_owner'::regrole UNION ALL "
        "SELECT proname FROM pg_proc WHERE pronamespace = 'tally'::regnamespace "
        "AND proowner <> 'tally_owner'::regrole",
    )
    assert strangers == []
    assert rows(
        owner,
        "SELECT rolsuper, rolcanlogin, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname = 'tally_owner'",
    ) == [(False,) * 5]


def test_what_only_the_owner_may_run_says_where_names_are_found(owner: Connection) -> None:
    """What a role may run, runs with the rights of who calls it."""
    free = rows(
        owner,
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'tally'::regnamespace "
        "AND p.prosqlbody IS NULL AND NOT coalesce(%s = ANY (p.proconfig), false) "
        "AND NOT has_function_privilege('tally_writer', p.oid, 'EXECUTE') "
        "AND NOT has_function_privilege('tally_query', p.oid, 'EXECUTE')",
        SEARCH_PATH,
    )
    assert free == []


# -- the attack --------------------------------------------------------------------------------


def test_a_role_makes_no_temporary_objects(role: Connection) -> None:
    for statement in (
        *DOMAIN_OF_THE_ATTACK,
        "CREATE TEMPORARY TABLE t (n int)",
        "CREATE TEMPORARY VIEW v AS SELECT 1",
        "CREATE TEMPORARY SEQUENCE s",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT 1 AS n INTO TEMPORARY t",
    ):
        with pytest.raises((errors.InsufficientPrivilege, errors.InvalidSchemaName)):
            role.execute(statement)


CALLS = (
    "SELECT tally.ensure_event_partitions(95000000)",
    "SELECT tally.erase_texts('o', ARRAY['d'])",
    "SELECT tally.authenticate('x')",
    "SELECT tally.org_exists('x')",
    "SELECT tally.list_orgs('', 5)",
    "SELECT tally.sealing_state()",
    "SELECT tally.witness_state()",
    "SELECT tally.cursor_key()",
)


def test_temporary_objects_do_not_stand_in_for_ours(server: str) -> None:
    """Where a role may make them after all: the writer does not become a superuser."""
    url = new_database(server)
    migrate(url)
    database = log_in(url)
    with psycopg.connect(url, autocommit=True) as owner:
        name = conninfo.conninfo_to_dict(url)["dbname"]
        owner.execute(
            sql.SQL("GRANT TEMPORARY ON DATABASE {} TO PUBLIC").format(sql.Identifier(str(name)))
        )
        for login in (database.writer, database.query):
            with psycopg.connect(login, autocommit=True) as attacker:
                for statement in DOMAIN_OF_THE_ATTACK:
                    attacker.execute(statement)
                for type_ in ("int8", "int4", "name", "regclass", "bytea", "bool"):
                    attacker.execute(
                        f"CREATE DOMAIN pg_temp.{type_} AS pg_catalog.{type_} "
                        "CHECK (pg_temp.rise(''))"
                    )
                for table in ("events", "api_keys", "orgs", "texts", "secrets", "pg_class"):
                    attacker.execute(f"CREATE TABLE pg_temp.{table} (org pg_catalog.text)")
                for called in CALLS:
                    with suppress(errors.InsufficientPrivilege):  # not for this role
                        attacker.execute(called)
                assert rows(attacker, IS_SUPERUSER) == [(False,)]
        assert rows(owner, "SELECT to_regclass('tally.events_000009') IS NOT NULL") == [(True,)]
        assert rows(owner, "SELECT count(*) FROM pg_roles WHERE rolsuper") == [(1,)]


RISING = (
    "SET ROLE NONE",
    "RESET ROLE",
    "RESET SESSION AUTHORIZATION",
    "SET SESSION AUTHORIZATION DEFAULT",
)


@pytest.mark.parametrize("statement", RISING)
def test_who_logs_in_as_a_role_is_that_role(role: Connection, statement: str) -> None:
    before = rows(role, "SELECT current_user, session_user")
    role.execute(statement)
    assert rows(role, "SELECT current_user, session_user") == before
    assert rows(role, IS_SUPERUSER) == [(False,)]


HOSTILE = (
    "SET ROLE tally_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "CREATE ROLE another",
    "GRANT tally_owner TO CURRENT_USER",
    "CREATE SCHEMA mine",
    "CREATE TABLE public.t (n int)",
    "CREATE TABLE tally.t (n int)",
    "CREATE TABLE tally_jobs.t (n int)",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION tally_jobs.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.texteq)",
    "CREATE EXTENSION hstore",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION tally.refuse_change()",
    "CREATE TRIGGER t BEFORE INSERT ON tally.events EXECUTE FUNCTION tally.refuse_change()",
    "CREATE POLICY mine ON tally.events USING (true)",
    "CREATE RULE mine AS ON INSERT TO tally.keys DO INSTEAD NOTHING",
    "ALTER TABLE tally.events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE tally.events DISABLE TRIGGER ALL",
    "ALTER FUNCTION tally.erase_texts RESET ALL",
    "ALTER DEFAULT PRIVILEGES FOR ROLE tally_owner GRANT ALL ON TABLES TO PUBLIC",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/tally-hostile'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM tally.secrets",
    "UPDATE tally.secrets SET secret = ''",
    "SELECT tally.make_event_partition('events_x', 0, 1)",
    "SELECT tally.prepare_kept('events_000000', 0, 1)",
    "SELECT tally.put_kept('events_000000', 'a', 0, 1)",
    "SELECT tally.make_append_only('tally.heads')",
    "SELECT tally.keep_orgs_apart('tally.heads')",
    "SELECT tally.store_for_inserts('tally.heads')",
    "DELETE FROM tally.api_keys",
    "DELETE FROM tally.heads",
    "DELETE FROM tally.balances",
    "DELETE FROM tally.texts",
    "UPDATE tally.texts SET content = 'x'",
    "UPDATE tally.api_keys SET role = 'operator'",
    "UPDATE tally.api_keys SET secret_hash = 'x'",
    "UPDATE tally.api_keys SET org = 'x'",
    "UPDATE tally.keys SET sequence = 1",
    "UPDATE tally.tiles SET tile = 1",
    "UPDATE tally.checkpoints SET note = 'x'",
    "UPDATE tally.archives SET events = 1",
    "INSERT INTO tally.archives DEFAULT VALUES",
    "INSERT INTO tally.archive_chains DEFAULT VALUES",
    "DELETE FROM tally.tiles",
    "TRUNCATE tally.tiles",
    "DROP TABLE tally.heads",
    "DELETE FROM public.tally_migrations",
    "DROP TABLE tally_jobs.applied",
)


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_role_does_not_get_further(role: Connection, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
        role.execute(statement)


def test_a_prepared_statement_does_not_keep_another_org(database: DatabaseUrls) -> None:
    """Row security is looked at with the org of each run, not of the first."""
    with psycopg.connect(database.owner) as owner:
        for org in ("prepared-a", "prepared-b"):
            owner.execute("INSERT INTO tally.orgs VALUES (%s, 'n', 'postpaid', 1)", [org])
    with psycopg.connect(database.query) as reader:
        reader.execute("PREPARE every AS SELECT org FROM tally.orgs WHERE org ~ '^prepared'")
        for _ in range(8):  # after five, a generic plan
            for org in ("prepared-a", "prepared-b", ""):
                reader.execute("SELECT set_config('tally.org', %s, true)", [org])
                assert reader.execute("EXECUTE every").fetchall() == [(org,)] * (org != "")


def test_a_revoked_credential_stays_revoked(database: DatabaseUrls) -> None:
    with psycopg.connect(database.writer, autocommit=True) as writer:
        writer.execute(
            "INSERT INTO tally.api_keys VALUES ('o', 'k', 'n', 'admin', NULL, 'revoked', 1, false)"
        )
        for revoked in (True, False):
            writer.execute("UPDATE tally.api_keys SET revoked = %s WHERE id = 'k'", [revoked])
        assert rows(writer, "SELECT revoked FROM tally.api_keys WHERE id = 'k'") == [(True,)]


# -- grants ------------------------------------------------------------------------------------


def test_each_role_has_just_these_grants(owner: Connection) -> None:
    """A new table or function brings its lines into the file that is compared."""
    assert granted(owner) == grants.PLACE.read_text("utf-8").splitlines()


# -- logins ------------------------------------------------------------------------------------


def test_each_role_logs_in_with_a_password_of_its_own(database: DatabaseUrls) -> None:
    users = set()
    for url in (database.writer, database.query):
        given = conninfo.conninfo_to_dict(url)
        users.add(given["user"])
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(conninfo.make_conninfo(url, password="another"))
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(conninfo.make_conninfo(url, user="postgres"))
    assert len(users) == 2
    assert log_in(database.owner).writer == database.writer


def test_a_login_is_made_again_where_the_server_lost_it(database: DatabaseUrls) -> None:
    name = str(conninfo.conninfo_to_dict(database.query)["user"])
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(sql.SQL("ALTER ROLE {} PASSWORD 'x'").format(sql.Identifier(name)))
        psycopg.connect(log_in(database.owner).query).close()
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
        psycopg.connect(log_in(database.owner).query).close()


def test_what_is_given_is_taken(database: DatabaseUrls) -> None:
    given = log_in(database.owner, writer="w", query="q")
    assert (given.writer, given.query) == ("w", "q")
    assert log_in(database.owner, writer="w").query == database.query


def test_an_owner_that_may_make_no_logins_is_told_what_to_give(database: DatabaseUrls) -> None:
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("CREATE ROLE poor LOGIN PASSWORD 'x' IN ROLE tally_owner")
        name = str(conninfo.conninfo_to_dict(database.writer)["user"])
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    with pytest.raises(NoCredential, match="TALLY_WRITER_URL"):
        log_in(conninfo.make_conninfo(database.owner, user="poor", password="x"))
    log_in(database.owner)


def test_a_credential_that_was_not_given_is_asked_for(database: DatabaseUrls) -> None:
    writer = database.only_writer()
    assert writer.writer == database.writer
    with pytest.raises(NoCredential, match="TALLY_DATABASE_URL"):
        print(writer.owner)
    with pytest.raises(NoCredential, match="TALLY_QUERY_URL"):
        print(writer.query)
