"""Sealing in tests, where nobody seals by the clock."""

from __future__ import annotations

import threading

from api.sealing.process import Sealing
from tests.api.served import Served


def seal(service: Served) -> None:
    """Seal and deliver, as `tally seal --once` does."""
    assert Sealing(service.service.settings, service.ends.database, threading.Event()).once()
