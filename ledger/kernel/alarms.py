"""Alarms: what a person must act on, by name. `docs/alarms.md` says what each means, and what to
do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Alarm(StrEnum):
    """A line of the log that carries one is counted for the metrics, whichever process says it."""

    ACCESS_LOG_BEHIND = "access_log_behind"
    ACCESS_LOG_CHANGED = "access_log_changed"
    ACCESS_LOG_LOST = "access_log_lost"
    CLOCK_SKEWED = "clock_skewed"
    CREDENTIAL_FORGED = "credential_forged"
    DUE_STUCK = "due_stuck"
    EFFECT_GIVEN_UP = "effect_given_up"
    FAULT_OF_OURS = "fault_of_ours"
    FOLLOWER_STOPPED = "follower_stopped"
    ORG_NOT_SEALED = "org_not_sealed"
    ORG_SET_ASIDE = "org_set_aside"
    PAYMENT_DIFFERS = "payment_differs"
    PROCESS_RESTARTED = "process_restarted"
    RECHARGE_STOPPED = "recharge_stopped"
    RECHARGES_TOO_FAST = "recharges_too_fast"
    RECONCILIATION_DIFFERS = "reconciliation_differs"
    SEALER_SET_AHEAD = "sealer_set_ahead"
    SEALER_STOPPED = "sealer_stopped"
    STORE_FULL = "store_full"
    WITNESS_BEHIND = "witness_behind"

    @property
    def mark(self) -> Mapping[str, object]:
        """The `extra` of its line of the log."""
        return {MARK: self}


MARK = "alarm"
"""The attribute of a line of the log that is an alarm."""
