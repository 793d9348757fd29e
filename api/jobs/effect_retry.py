"""Retry of an effect: when a call that failed is made again, and for how long it is tried."""

from __future__ import annotations

import math
import zlib

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from projections.ports import CallName

FIRST_S, MAX_S = 5.0, 3600.0
"""The pause after the first failure; it doubles up to an hour, give or take a fifth."""

GIVE_UP_S = 3 * 24 * 3600
"""For how long a call is tried: a weekend, and a morning to notice."""


class Again(Exception):
    """The call is to be made again, in so many seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"again in {after_s:.0f} s")
        self.after_s = after_s


def pause_s(name: CallName, attempts: int, first_s: float = FIRST_S) -> float:
    """Return how long to wait after so many earlier failures: each call at moments of its own."""
    doubled = min(MAX_S, first_s * 2.0 ** min(attempts, 32))
    drawn = zlib.crc32(f"{name.id} {attempts}".encode()) / 2**32
    return doubled * (0.8 + 0.4 * drawn)


class EffectRetry(BaseRetryStrategy):
    """Whatever ended it, a call is made again: only `EffectJobs` knows when it is over."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        after_s = exception.after_s if isinstance(exception, Again) else FIRST_S
        return RetryDecision(retry_in={"seconds": math.ceil(after_s)})
