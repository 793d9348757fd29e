"""hledger, wherever it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.bookkeeping.obtaining import hledger as obtained
from tests.formats.bookkeeping.programs import Hledger


@pytest.fixture(scope="session")
def hledger_program() -> str:
    """The program; without it these tests fail."""
    return obtained()


@pytest.fixture
def hledger(hledger_program: str, tmp_path: Path) -> Hledger:
    """hledger, for one test."""
    return Hledger(hledger_program, tmp_path)
