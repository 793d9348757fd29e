"""Profiles: a short one for `make test`; `nightly` with fresh seeds for `make properties`."""

from __future__ import annotations

import logging
import os

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "short", deadline=None, print_blob=True, database=None, suppress_health_check=_QUIET
)
settings.register_profile("nightly", settings.get_profile("short"), max_examples=5_000)
logging.getLogger("api.writer.group_commit").disabled = True  # it reports each injected fault
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "short")
