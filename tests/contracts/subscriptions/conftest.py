"""A sandbox for each test: each moves its clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded.stripe_sandbox.access import Access
from adapters.embedded.stripe_sandbox.server import served


@pytest.fixture
def access(tmp_path: Path) -> Iterator[Access]:
    """A sandbox, and what opens it."""
    with served(tmp_path) as access:
        yield access
