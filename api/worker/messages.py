"""Messages: what workers and their supervisor tell each other, in frames."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from api.http.metrics import Metrics


class Started(NamedTuple):
    """The worker takes requests."""


class SumWanted(NamedTuple):
    """A worker asks what all have counted, and tells what it has itself."""

    ticket: int
    metrics: Metrics


class Sum(NamedTuple):
    """What all have counted, those included that are gone."""

    ticket: int
    metrics: Metrics


class CountWanted(NamedTuple):
    """The supervisor asks for what one has counted."""

    ticket: int


class Counted(NamedTuple):
    """What one has counted."""

    ticket: int
    metrics: Metrics


class Spending(NamedTuple):
    """A worker adds to a counter of limits."""

    ticket: int
    key: str
    expiry: int
    amount: int


class Spent(NamedTuple):
    """What a counter of limits is then."""

    ticket: int
    total: int


FromWorker: TypeAlias = Started | SumWanted | Counted | Spending
ToWorker: TypeAlias = Sum | CountWanted | Spent
