"""Alarms: what a person must act on, by name. `docs/alarms.md` says what to do."""

from __future__ import annotations

from enum import StrEnum


class Alarm(StrEnum):
    """Goes with a line of the log as `extra={"alarm": ...}`, and is counted for the metrics."""

    EFFECT_GIVEN_UP = "effect_given_up"
