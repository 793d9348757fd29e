"""Profiles: a short one for `make test`; `nightly` with fresh seeds for `make properties`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "short", deadline=None, print_blob=True, database=None, suppress_health_check=_QUIET
)
settings.register_profile("nightly", settings.get_profile("short"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "short")


@pytest.fixture(scope="package", autouse=True)
def quiet() -> Iterator[None]:
    """Have group commit say nothing, which reports each injected fault; after these tests it does
    again, as others look at what it says."""
    log = logging.getLogger("api.writer.group_commit")
    log.disabled = True
    yield
    log.disabled = False
