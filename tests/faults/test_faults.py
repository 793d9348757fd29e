"""The short form of `make faults`: each fault of one service once, and a purchase and an order of
each kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.campaign import Fault, Run, campaign
from tests.faults.catalogue import FAULTS, OF_TWO_SERVICES, SHORT
from tests.faults.invariants import LATER, SOON, Store, broken
from tests.faults.load import Load
from tests.faults.orders.campaign import CaptureStorm, OrderStorm
from tests.faults.purchases.campaign import PurchaseStorm
from tests.faults.purchases.errands import Kind
from tests.faults.world import World

SEED = 20261129
KILLS, KILLS_OF_ORDERS = 1, 3


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with World(tmp_path_factory.mktemp("faults"), plants=SHORT, sells=True) as world:
        load = Load(world, ["storm-1"], SEED)
        load.set_up()
        yield Run(world, load, random.Random(SEED))


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=[pytest.mark.slow] * (fault in OF_TWO_SERVICES))
        for fault in FAULTS
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_fault_loses_nothing_and_doubles_nothing(run: Run, fault: Fault) -> None:
    outcome = campaign(run, fault, 1, SOON)
    print(outcome)
    assert not outcome.broken
    assert outcome.acknowledged


def test_what_all_faults_have_left_verifies(run: Run) -> None:
    assert not broken(Store(run.world, run.load), LATER)
    assert {status for status in run.load.told.statuses if status > "3"} <= {
        "503 unavailable",
        "503 clock_skewed",
        "503 busy",
    }


def test_purchases_while_processes_die_are_right_to_the_cent(run: Run) -> None:
    """One of each kind; after those above, as its wallets are none of theirs."""
    storm = PurchaseStorm(len(Kind), KILLS, SEED)
    assert not storm.run(run.world)
    assert storm.killed.total() == KILLS


@pytest.mark.parametrize("kind", [OrderStorm, pytest.param(CaptureStorm, marks=pytest.mark.slow)])
def test_orders_while_processes_die_have_their_money_and_their_stock_or_neither(
    run: Run, kind: type[OrderStorm]
) -> None:
    """One of each kind; the writer, its jobs and the provider die once each."""
    storm = kind(len(kind.KINDS), KILLS_OF_ORDERS, SEED)
    assert not storm.run(run.world)
    assert storm.killed.total() == KILLS_OF_ORDERS
