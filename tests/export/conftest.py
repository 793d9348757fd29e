"""A ledger with something of everything, sealed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.container import Endpoints
from api.sealing.process import Sealing
from api.settings import Settings
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.tamper.test_every_fact import PastJournal

from .bundles import Ledger, strangers_python


@pytest.fixture(scope="package")
def told(
    new_endpoints: Callable[[], Endpoints], tmp_path_factory: pytest.TempPathFactory
) -> Ledger:
    """The golden story in a database, and checkpoints of it."""
    ends = new_endpoints()
    journal = PastJournal(ends.database.writer, name="story")
    tell(journal, StandingClock())
    journal.close()
    settings = Settings(data=tmp_path_factory.mktemp("keys"))
    assert Sealing(settings, ends, threading.Event()).once()
    return Ledger(ends, settings)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a stranger has installed."""
    yield strangers_python(tmp_path_factory.mktemp("stranger"))
