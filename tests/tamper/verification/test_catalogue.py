"""Every table and column that the catalogue knows, attacked: found, or harmless for a reason."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from adapters.embedded import EngineUrls
from projections.read_model import ReadModel
from projections.read_models import ANALYSTS
from tests.sampling import every
from tests.tamper.archived import whole_store
from tests.tamper.catalogue import HARMLESS, Column, columns, tables
from tests.tamper.columns import (
    ADDED,
    REMOVED,
    attacks,
    attempt_analysts,
    first_accepted,
)
from tests.tamper.stores import TestStore

SEED = 4


@pytest.fixture(scope="module")
def whole(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStore]:
    """A store without guards that has rows in every table, also of archives."""
    store = whole_store(engines, tmp_path_factory.mktemp("whole"))
    store.unguard()
    yield store
    store.drop()


@pytest.mark.slow
def test_one_attack_on_every_table_is_found(whole: TestStore) -> None:
    """On its rows or on a column, as drawn; `make tamper` tries every attack on each."""
    tried = [
        first_accepted(whole, column, names, random.Random(f"{SEED} {column}"))
        for column, names in _drawn(attacks(whole), random.Random(SEED))
    ]
    assert len(tried) == len({column.table for column in attacks(whole)}) > 50
    missed = [each for each in tried if each.is_missed]
    assert missed == [], "\n".join(map(str, missed))


def _drawn(found: dict[Column, list[str]], draw: random.Random) -> list[tuple[Column, list[str]]]:
    """Of each table, the attacks on its rows or, as often, on one of its columns."""
    tables: dict[str, list[Column]] = {}
    for column in found:
        tables.setdefault(column.table, []).append(column)
    drawn = []
    for name in sorted(tables):
        rows = [each for each in tables[name] if not each.name]
        named = [each for each in tables[name] if each.name]
        drawn.append(draw.choice([*rows, *draw.sample(named, min(len(named), len(rows)))]))
    return [(each, found[each]) for each in drawn]


@pytest.mark.parametrize("model", every(3, ANALYSTS.values()), ids=lambda model: model.table)
def test_every_column_of_the_analysts_tables_is_compared(
    whole: TestStore, model: ReadModel[Any]
) -> None:
    tried = attempt_analysts(whole, model, random.Random(f"{SEED} {model.name}"))
    assert len(tried) > 10
    assert [each for each in tried if each.is_missed] == []


def test_what_is_harmless_is_there(whole: TestStore) -> None:
    """A reason that outlives its column would excuse the next one of that name."""
    with psycopg.connect(whole.owner) as connection:
        named = {(each.table, each.name) for each in columns(connection)}
        named |= {(table, attack) for table in tables(connection) for attack in (REMOVED, ADDED)}
    assert {(table, name.split(" ")[0]) for table, name in HARMLESS} <= named
