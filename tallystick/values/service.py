"""Values of service.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How the service is."""

    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """That it can serve, which followers are not up to date: more than two seconds behind, or with
    orgs that are set aside (docs/alarms.md), and who writes each shard: `here`, or `elsewhere`
    where the writer of another service does.
    """

    status: str
    behind: tuple[str, ...]
    set_aside: tuple[str, ...]
    shards: Mapping[str, str]
