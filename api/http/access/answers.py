"""Answers about what orders have given."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.queries.access.grants import FoundGrant
from ledger.access.grant_base import GrantState
from ledger.catalogue.item_type import Kind
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time


class DownloadsAnswer(Answer):
    """Under which name a file is downloaded, how often it can be, and how often it was."""

    name: str
    allowed: int
    used: int


class GrantAnswer(Answer):
    """What a line of an order has given: `credits`, of which so many were `taken_back` with their
    money, a `plan`, a `download`, or access to a `course`, until `ends_at`, or for ever."""

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    kind: Annotated[str, one_of(Kind)]
    state: Annotated[str, one_of(GrantState)]
    units: int
    credits: Amount | None
    taken_back: Amount | None
    plan: str | None
    download: DownloadsAnswer | None
    course: str | None
    given_at: Time
    ends_at: Time | None


class GrantsAnswer(Answer):
    """A page of what was given, the newest first."""

    data: list[GrantAnswer]
    next_cursor: str | None


class DownloadLinkAnswer(Answer):
    """Where a file can be had until then, on this service: each time it is, counts."""

    download_url: str
    expires_at: Time
    left: int


def grant_answer(found: FoundGrant) -> GrantAnswer:
    """Return what was given, as it is now."""
    benefit, credits = found.benefit, None
    if benefit.credits is not None:
        credits = format_amount(benefit.credits * found.units, CREDIT)
    download = None
    if benefit.name is not None:
        download = DownloadsAnswer(benefit.name, found.allowed, found.used)
    return GrantAnswer(
        found.id,
        found.order,
        found.line,
        found.sku,
        found.owner,
        found.kind,
        found.state,
        found.units,
        credits,
        None if credits is None else format_amount(found.taken, CREDIT),
        benefit.plan,
        download,
        benefit.course,
        format_time(found.given_us),
        time_or_null(found.ends_us),
    )
