"""The activity of a payer's credits: what happened to them in a time, as the statement has it."""

from __future__ import annotations

import msgspec

SERVICES_MAX = 30
"""How many services are told by name: those that took most; what others took is told together."""


class CreditTime(msgspec.Struct, frozen=True):
    """A time by which events were recorded, half-open."""

    from_us: int
    until_us: int


class AddedCredits(msgspec.Struct, frozen=True):
    """Credits of a kind that came in."""

    kind: str
    credits: int


class UsedCredits(msgspec.Struct, frozen=True):
    """Credits that a service took, and by how many requests. None: all that is not told by name;
    empty: what was used by no service."""

    service: str | None
    requests: int
    credits: int


class Activity(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What happened to the payer's credits after one sequence until another, the last of each end
    that moved them, as the statement of that time says:
    `opening + added - used - expired + other = closing`."""

    from_us: int
    until_us: int
    from_sequence: int
    until_sequence: int
    opening: int
    closing: int
    added: list[AddedCredits] = msgspec.field(default_factory=list)
    used: list[UsedCredits] = msgspec.field(default_factory=list)
    expired: int = 0
    other: int = 0

    @property
    def is_balanced(self) -> bool:
        """Whether it adds up."""
        came = sum(each.credits for each in self.added)
        went = sum(each.credits for each in self.used)
        return self.opening + came - went - self.expired + self.other == self.closing


def told_by_name(used: list[UsedCredits]) -> list[UsedCredits]:
    """Return what services took, those that took most first, and what is too many together."""
    ordered = sorted(used, key=lambda each: (-each.credits, each.service or ""))
    others = ordered[SERVICES_MAX:]
    if not others:
        return ordered
    requests, credits = sum(each.requests for each in others), sum(each.credits for each in others)
    return [*ordered[:SERVICES_MAX], UsedCredits(None, requests, credits)]
