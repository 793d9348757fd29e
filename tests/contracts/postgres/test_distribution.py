"""What `ops/citus/` says of each table and function is what the migrated schema has.

Citus is not there: its rules are asked of the catalogue, and the script runs against stand-ins
(`citus.sql`) that refuse what Citus is documented to refuse.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.event_store import PostgresEventStore
from tests.contracts.stores import append_to, entry

HERE = Path(__file__).parent
OPS = HERE.parents[2] / "ops" / "citus"
SCRIPT = (OPS / "distribute.sql").read_bytes()
LISTED = tomllib.loads((OPS / "tables.toml").read_text("utf-8"))
PLACES = ("distributed", "reference", "local")
ANYWAY = b"SET tally.distribute_anyway = on;"

BROKEN_KEYS = {
    "events_position_key": "the script puts (org, position) in its place",
}
"""Unique keys of distributed tables without the org, and what becomes of them."""

TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'tally'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
ORG_OF = """
SELECT c.relname, a.atttypid::regtype::text, a.attnotnull
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org'
 WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""
KEYS_WITHOUT_ORG = """
SELECT coalesce(p.inhparent, i.indexrelid)::regclass::text
  FROM pg_index i
  JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_inherits pt ON pt.inhrelid = t.oid
  LEFT JOIN pg_inherits p ON p.inhrelid = i.indexrelid
  JOIN pg_class parent ON parent.oid = coalesce(pt.inhparent, t.oid)
 WHERE t.relnamespace = 'tally'::regnamespace AND i.indisunique AND parent.relname = ANY (%s)
   AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'org'
                      AND a.attnum = ANY (i.indkey))
"""
FOREIGN_KEYS = """
SELECT f.conrelid::regclass::text, f.confrelid::regclass::text,
       EXISTS (SELECT FROM unnest(f.conkey, f.confkey) k (here, there)
                 JOIN pg_attribute h ON h.attrelid = f.conrelid AND h.attnum = k.here
                 JOIN pg_attribute t ON t.attrelid = f.confrelid AND t.attnum = k.there
                WHERE h.attname = 'org' AND t.attname = 'org')
  FROM pg_constraint f
 WHERE f.contype = 'f' AND f.connamespace = 'tally'::regnamespace AND f.conparentid = 0
"""
FUNCTIONS = """
SELECT proname, proargnames, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) t)
  FROM pg_proc WHERE pronamespace = 'tally'::regnamespace
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def citus(fresh_database: DatabaseUrls) -> Iterator[Connection]:
    """A migrated database with the stand-ins."""
    with psycopg.connect(fresh_database.owner, autocommit=True) as connection:
        connection.execute((HERE / "citus.sql").read_bytes())
        yield connection


def without_org(connection: Connection) -> set[str]:
    """Unique keys that Citus would refuse."""
    rows = connection.execute(KEYS_WITHOUT_ORG, [list(LISTED["distributed"])]).fetchall()
    return {name.removeprefix("tally.") for (name,) in rows}


def bad_foreign_keys(connection: Connection) -> list[tuple[str, str]]:
    """Foreign keys but those between distributed tables by org, or from them to a reference."""
    found = []
    for here, there, by_org in connection.execute(FOREIGN_KEYS).fetchall():
        source, target = here.removeprefix("tally."), there.removeprefix("tally.")
        together = source in LISTED["distributed"] and target in LISTED["distributed"] and by_org
        if not (together or target in LISTED["reference"]):
            found.append((source, target))
    return found


# -- tables ------------------------------------------------------------------------------------


def test_each_table_has_one_place(owner: Connection) -> None:
    listed = [name for place in PLACES for name in LISTED[place]]
    assert sorted(listed) == sorted(name for (name,) in owner.execute(TABLES).fetchall())


def test_what_has_an_org_is_distributed_by_it_or_said_to_be_a_reference(owner: Connection) -> None:
    orgs = owner.execute(ORG_OF).fetchall()
    assert {name for name, *_ in orgs} == {*LISTED["distributed"], *LISTED["reference"]}
    assert {(kind, filled) for _, kind, filled in orgs} == {("text", True)}


def test_each_unique_key_has_the_org_or_is_a_named_exception(owner: Connection) -> None:
    assert without_org(owner) == set(BROKEN_KEYS)


def test_the_next_key_without_org_is_found(owner: Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("ALTER TABLE tally.texts ADD CONSTRAINT bad UNIQUE (digest)")
        assert without_org(owner) == {*BROKEN_KEYS, "bad"}


def test_foreign_keys_stay_within_an_org(owner: Connection) -> None:
    assert bad_foreign_keys(owner) == []


def test_the_next_foreign_key_across_orgs_is_found(owner: Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("ALTER TABLE tally.alarms ADD COLUMN org text REFERENCES tally.heads (org)")
        owner.execute("ALTER TABLE tally.due ADD FOREIGN KEY (org) REFERENCES tally.trees (org)")
        owner.execute("ALTER TABLE tally.texts ADD FOREIGN KEY (org) REFERENCES tally.orgs (org)")
        assert bad_foreign_keys(owner) == [("alarms", "heads")]


def test_nothing_counts_by_a_sequence(owner: Connection) -> None:
    query = "SELECT FROM pg_class WHERE relkind = 'S' AND relnamespace = 'tally'::regnamespace"
    assert owner.execute(query).fetchall() == []


# -- functions ---------------------------------------------------------------------------------


def test_each_function_is_said_to_take_one_org_or_many(owner: Connection) -> None:
    listed = [name for kind in LISTED["functions"].values() for name in kind]
    assert sorted(listed) == sorted(name for name, *_ in owner.execute(FUNCTIONS).fetchall())


def test_what_takes_one_org_has_it_as_an_argument_and_what_takes_many_as_arrays(
    owner: Connection,
) -> None:
    kinds = LISTED["functions"]
    for name, arguments, types in owner.execute(FUNCTIONS).fetchall():
        given = dict(zip(arguments or [], types, strict=False))
        if name in kinds["one_org"]:
            assert given[kinds["one_org"][name]] == "text"
        elif name in kinds["one_org_and_jobs"]:
            assert given["of_org"] == "text"
        elif name in kinds["many_orgs"]:
            assert any(kind.endswith("[]") or kind == "jsonb" for kind in given.values()), name


def test_a_group_of_two_orgs_is_one_transaction_that_moves_the_one_row(
    database: DatabaseUrls, owner: Connection
) -> None:
    """What no distribution by org keeps: this is why a shard has a server of its own."""
    event_store = PostgresEventStore(database.writer)
    append_to(event_store, [entry("one", "s"), entry("two", "s")])
    event_store.close()
    query = """
        SELECT org, xmin::text FROM tally.heads WHERE org IN ('one', 'two') UNION ALL
        SELECT org, xmin::text FROM tally.events WHERE org IN ('one', 'two') UNION ALL
        SELECT 'shard', xmin::text FROM tally.shard
    """
    rows = owner.execute(query).fetchall()
    assert sorted(org for org, _ in rows) == ["one", "one", "shard", "two", "two"]
    assert len({transaction for _, transaction in rows}) == 1


# -- the script --------------------------------------------------------------------------------


def test_the_script_refuses_a_writer_that_commits_several_orgs_at_once(citus: Connection) -> None:
    with pytest.raises(errors.FeatureNotSupported, match="several orgs in one transaction") as said:
        citus.execute(SCRIPT)
    assert "docs/scaling.md" in str(said.value.diag.message_hint)
    assert citus.execute("SELECT count(*) FROM placed").fetchone() == (0,)


def test_the_script_puts_each_table_and_function_where_the_list_says(citus: Connection) -> None:
    citus.execute(ANYWAY + SCRIPT)
    for place in PLACES:
        query = "SELECT name::text, beside FROM placed WHERE how = %s"
        found: dict[str, str | None] = dict(citus.execute(query, [place]).fetchall())
        assert set(found) == {f"tally.{name}" for name in LISTED[place]}
        expected = {"tally.heads", None} if place == "distributed" else {None}
        assert set(found.values()) == expected
    functions = citus.execute("SELECT name::oid::regproc::text, argument FROM placed_functions")
    assert dict(functions.fetchall()) == {
        f"tally.{name}": argument for name, argument in LISTED["functions"]["one_org"].items()
    }


def test_after_the_script_no_key_is_without_org(citus: Connection) -> None:
    citus.execute(ANYWAY + SCRIPT)
    citus.execute("SELECT tally.ensure_event_partitions(25000000)")
    assert without_org(citus) == set()


def test_the_stand_ins_refuse_what_citus_refuses(citus: Connection) -> None:
    for asked, why in (
        ("create_distributed_table('tally.events', 'org')", "events_position_key"),
        ("create_distributed_table('tally.events_000000', 'org')", "partition"),
        ("create_distributed_table('tally.keys', 'org', colocate_with => 'none')", "triggers"),
        ("create_distributed_table('tally.due', 'org', colocate_with => 'tally.heads')", "coloc"),
        ("create_distributed_function('tally.list_orgs(text, int)', 'of_org')", "by of_org"),
    ):
        with pytest.raises(errors.RaiseException, match=why):
            citus.execute(f"SELECT {asked}".encode())
