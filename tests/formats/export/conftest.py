"""A ledger with something of everything, sealed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from api import container
from api.commands.command import Command
from api.container import Endpoints
from api.sealing.process import Sealing
from api.settings import Settings
from api.writer.every_shard import EveryShard
from ledger.kernel.errors import LedgerError
from tests.formats.export.bundles import Forger, Sealed, check, strangers_python
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import usage, use
from tests.tamper.verification.test_every_fact import PastJournal

AFTERWARDS = "2026-02-07T00:00:00Z"


def _rated() -> Command[object]:
    """Lines that the org's own card prices, in every way it can, and lines of the default one."""
    own: list[dict[str, int]] = [
        {"input_tokens": 200_000, "output_tokens": 999},
        {"input_tokens": 200_001, "output_tokens": 1_001, "characters": 1_000},
        {"characters": 1_001, "actions": 101},
        {"input_tokens": 1},
        {"seconds": 500, "images": 2},
    ]
    default = {"input_tokens": 1_000, "cached_tokens": 300, "output_tokens": 7, "images": 1}
    uses = [use(id=f"t {n}", model="t", quantities=each) for n, each in enumerate(own)]
    return usage([*uses, use(id="m", model="m", quantities=default)], org="pooled")


@pytest.fixture(scope="package")
def told(
    new_endpoints: Callable[[], Endpoints], tmp_path_factory: pytest.TempPathFactory
) -> Sealed:
    """The golden story in a database, and checkpoints of it."""
    ends = new_endpoints()
    event_store = PastJournal(ends.database.writer, name="story")
    tell(event_store, StandingClock())
    (rated,) = EveryShard(container.ledger(event_store), StandingClock(AFTERWARDS)).run([_rated()])
    assert not isinstance(rated, LedgerError), rated
    event_store.close()
    settings = Settings(data=tmp_path_factory.mktemp("keys"))
    assert Sealing(settings, ends.database, threading.Event()).once()
    return Sealed(ends, settings)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a stranger has installed."""
    return strangers_python(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="package")
def honest(told: Sealed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a range with events of the org before and after it."""
    bundle = told.export(tmp_path_factory.mktemp("honest") / "b", "acme", "10", "110")
    assert check(bundle, *told.keys).exit_code == 0
    return bundle


@pytest.fixture
def forger(told: Sealed, honest: Path, tmp_path: Path) -> Forger:
    """A copy to be changed."""
    shutil.copytree(honest, tmp_path / "b")
    return Forger(tmp_path / "b", told.signer)
