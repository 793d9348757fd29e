"""Row security holds where a query forgets the org: each condition on it is taken out in turn.

Beside the org of the stories stands its twin, every row of it again under another name, so that
what finds a row of the one without asking for the org finds the other's, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import tuple_row

from api.container import Endpoints
from api.queries.reader import Reader, Row, sql
from tests.api import examples

ORG, TWIN = "acme", "acme-twin"
CONDITION = re.compile(r"\b(?:\w+\.)?org = (?:%\(org\)s(?:::text)?|\w+\.org)")
TWINS_OWN = {"position": "position + 100000", "secret_hash": "secret_hash || 'twin'"}
"""What no two orgs may have alike."""


class Question(NamedTuple):
    """A query as it was asked of the org."""

    name: str
    parameters: Mapping[str, Any]

    def forgetful(self) -> Iterator[str]:
        """Yield its text without each of its conditions on the org."""
        text = sql(self.name)
        for found in CONDITION.finditer(text):
            yield f"{text[: found.start()]}true{text[found.end() :]}"


@pytest.fixture(scope="module")
def questions(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Question]:
    """What is asked of the org while its stories are told, once each, over it and its twin."""
    found: dict[str, Question] = {}
    asked = Reader.all

    async def noted(
        self: Reader, org: str, *queries: tuple[str, Mapping[str, object]]
    ) -> list[list[Row]]:
        rows = await asked(self, org, *queries)
        for (name, parameters), answer in zip(queries, rows, strict=True):
            if org == ORG and (answer or name not in found):
                found[name] = Question(name, parameters)
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "all", noted)
        with examples.example_service(ends, tmp_path_factory.mktemp("served")) as service:
            examples.told(service)
    with psycopg.connect(ends.database.owner) as owner:
        make_twin(owner)
    return found


def make_twin(owner: Connection) -> None:
    """Enter every row of the org once more, as another's."""
    owner.execute("SET session_replication_role = replica")
    tables = owner.execute(
        "SELECT c.oid::regclass::text, array_agg(a.attname::text) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "AND a.attgenerated = '' "
        "WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind IN ('r', 'p') "
        "AND NOT c.relispartition GROUP BY c.oid HAVING 'org' = ANY(array_agg(a.attname::text))"
    ).fetchall()
    assert len(tables) > 15
    for table, columns in tables:
        selected = ["%(twin)s" if each == "org" else TWINS_OWN.get(each, each) for each in columns]
        owner.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(selected)} FROM {table} WHERE org = %(org)s",
            {"twin": TWIN, "org": ORG},
        )


def answers(connection: Connection, text: str, parameters: Mapping[str, Any]) -> list[str]:
    """What a statement finds, in no order."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return sorted(map(repr, cursor.execute(text, parameters).fetchall()))


def sees_more(
    owner: Connection, text: str, parameters: Mapping[str, Any], proper: list[str]
) -> bool:
    """Tell whether a statement finds others' rows too, or fails as it cannot do with so many."""
    try:
        return answers(owner, text, parameters) != proper
    except psycopg.errors.CardinalityViolation:
        return True


def let_in(connection: Connection, org: str) -> None:
    connection.execute("SELECT set_config('tally.org', %s, false)", [org])


def test_a_query_that_forgets_the_org_finds_what_it_finds_with_it(
    ends: Endpoints, questions: dict[str, Question]
) -> None:
    """And without row security it would not: of many, the rows of the twin come, too."""
    tried, leaking = 0, set()
    with (
        psycopg.connect(ends.database.query, autocommit=True) as reader,
        psycopg.connect(ends.database.owner, autocommit=True) as owner,
    ):
        let_in(reader, ORG)
        for question in questions.values():
            proper = answers(reader, sql(question.name), question.parameters)
            for text in question.forgetful():
                tried += 1
                assert answers(reader, text, question.parameters) == proper, text
                if sees_more(owner, text, question.parameters, proper):
                    leaking.add(question.name)
    assert tried > 40
    assert len(leaking) > 15, sorted(leaking)


def test_a_query_for_another_org_than_the_one_let_in_finds_nothing_of_it(
    ends: Endpoints, questions: dict[str, Question]
) -> None:
    """What it finds of an org that is there is what it finds of one that is not."""
    found_by_others = set()
    with psycopg.connect(ends.database.query, autocommit=True) as reader:
        for question in questions.values():
            if "org" not in question.parameters:
                continue
            asks = {org: {**question.parameters, "org": org} for org in (ORG, TWIN, "no-such")}
            let_in(reader, TWIN)
            theirs = answers(reader, sql(question.name), asks[TWIN])
            let_in(reader, ORG)
            nobodys = answers(reader, sql(question.name), asks["no-such"])
            seen = answers(reader, sql(question.name), asks[TWIN])
            assert [row.replace(TWIN, "no-such") for row in seen] == nobodys, question.name
            if theirs != nobodys:
                found_by_others.add(question.name)
    assert len(found_by_others) > 20, sorted(found_by_others)
