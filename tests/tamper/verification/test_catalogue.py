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
from tests.tamper.archived import whole_store
from tests.tamper.catalogue import HARMLESS, columns, tables
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


def test_one_attack_on_every_column_and_table_is_found(whole: TestStore) -> None:
    """`make tamper` tries all of them."""
    tried = [
        first_accepted(whole, column, names, random.Random(f"{SEED} {column}"))
        for column, names in attacks(whole).items()
    ]
    missed = [each for each in tried if each.is_missed]
    assert missed == [], "\n".join(map(str, missed))


@pytest.mark.parametrize("model", ANALYSTS.values(), ids=lambda model: model.table)
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
