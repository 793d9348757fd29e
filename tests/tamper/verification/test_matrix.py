"""The tamper matrix in short: some rows, every attack, both attackers; some on real PostgreSQL."""

from __future__ import annotations

import random

import pytest

from tests.tamper.attacks import ATTACKS, Attacker
from tests.tamper.matrix import attempt, false_alarm, is_located, subject
from tests.tamper.stores import TestStore
from tests.tamper.writing import write_tables

SEED, EVENTS = 3, 200
ROWS = sorted(random.Random(SEED).sample(range(EVENTS), 4))
REAL = [
    *(("modify", attacker) for attacker in Attacker),
    ("delete", Attacker.NAIVE),
    ("cut the tail", Attacker.THOROUGH),
    ("two histories", Attacker.THOROUGH),
]


@pytest.mark.parametrize("attacker", Attacker)
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_found_where_it_is(attack: str, attacker: Attacker) -> None:
    for row in ROWS:
        tried = attempt(SEED, EVENTS, row, attack, attacker)
        assert tried.detected, tried
        assert tried.located, tried


def test_untouched_stores_raise_no_alarm() -> None:
    assert [alarm for seed in range(20) if (alarm := false_alarm(seed))] == []


@pytest.mark.parametrize(("attack", "attacker"), REAL)
def test_attacks_on_postgresql_are_found_too(
    store: TestStore, attack: str, attacker: Attacker
) -> None:
    """The same rows in real tables, their witnesses in real folders: the same verdict."""
    sealed, _ = subject(SEED, 60)
    attacked = ATTACKS[attack][attacker](sealed, 30, random.Random(1))
    write_tables(store, attacked.tables)
    report = store.verify_sealed(sealed, *attacked.others)
    assert report.exit_code == 1
    assert is_located(report, attacked), report.as_dict()


def test_the_same_rows_untouched_verify_on_postgresql(store: TestStore) -> None:
    sealed, _ = subject(SEED, 60)
    write_tables(store, sealed.tables)
    report = store.verify_sealed(sealed)
    assert report.exit_code == 0, report.as_dict()
    assert report["witnesses"].checked == len(sealed.tables.checkpoints)
