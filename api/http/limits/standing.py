"""Standings: what is left of limits, as answers tell it
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/11/)."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import NamedTuple

from api.limits import Limit

POLICY, LEFT = "RateLimit-Policy", "RateLimit"


class Standing(NamedTuple):
    """An amount, what is left of it, and for how many seconds no more; without them, until what is
    under way has ended."""

    limit: Limit
    amount: int
    left: int
    seconds: int | None = None

    def policy(self) -> str:
        """Return the limit as a quota policy. `lines` is no unit of the registry, so it stands in a
        parameter of ours."""
        limit = self.limit
        if limit.seconds is None:
            return f'"{limit.name}";q={self.amount};qu="concurrent-requests"'
        unit = "" if limit.counts == "requests" else f';tally-unit="{limit.counts}"'
        return f'"{limit.name}";q={self.amount};w={limit.seconds}{unit}'

    def available(self) -> str:
        """Return what is left as a service limit."""
        until = "" if self.seconds is None else f";t={self.seconds}"
        return f'"{self.limit.name}";r={self.left}{until}'


_told: ContextVar[tuple[Standing, ...]] = ContextVar("told_standings", default=())


def tell(standings: Iterable[Standing]) -> None:
    """Have the answer to the request that is being worked on tell these."""
    found = {each.limit.name: each for each in (*_told.get(), *standings)}
    _told.set(tuple(found.values()))


def told() -> dict[str, str]:
    """Return the headers of an answer that tell what is left."""
    standings = _told.get()
    if not standings:
        return {}
    return {
        POLICY: ", ".join(each.policy() for each in standings),
        LEFT: ", ".join(each.available() for each in standings),
    }
