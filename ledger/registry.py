"""Every kind of fact by its stored type, and reading one that may have been tampered with."""

from __future__ import annotations

import msgspec

from ledger.credits.allowance import Allowance
from ledger.credits.cap_book import CapBook
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate, restore_fact
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent
from ledger.privacy.erasure import Erasure
from ledger.rating.card import RateCard
from ledger.tenancy.api_key import ApiKey
from ledger.tenancy.org import Org, OrgEntry

AGGREGATES: tuple[type[LedgerAggregate], ...] = (
    Wallet,
    CapBook,
    Allowance,
    Org,
    OrgEntry,
    ApiKey,
    RateCard,
    Erasure,
)


class UnknownFact(LedgerError):
    """An event of a type that this version of the software does not know."""

    code = "unknown_fact"


class UnreadableFact(LedgerError):
    """An event whose body is not what its type says."""

    code = "unreadable_fact"


def fact_of(event: RecordedEvent) -> Fact:
    """The fact of a stored event. Raises UnknownFact or UnreadableFact."""
    aggregate_id = stream_id(event.org, event.stream)
    return fact_from(event.type, event.body, aggregate_id, event.version, event.recorded_us)


def fact_from(topic: str, body: bytes, aggregate_id: str, version: int, recorded_us: int) -> Fact:
    """A fact from what is stored of it. Raises UnknownFact or UnreadableFact.

    Only types of this list are resolved: a stored type never makes us import a module.
    """
    if topic not in FACTS:
        raise UnknownFact(f"the type {topic} is not known to this version.")
    try:
        fact = restore_fact(topic, body, aggregate_id, version, moment(recorded_us))
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise UnreadableFact(f"the body cannot be read as {topic}: {error}.") from error
    if isinstance(fact, FirstFact) and fact.originator_topic not in _TOPICS:
        raise UnreadableFact(f"{fact.originator_topic} is not an aggregate of ours.")
    return fact


def _facts(aggregate: type[LedgerAggregate]) -> dict[str, type[Fact]]:
    return {
        vars(each)["TOPIC"]: each
        for each in vars(aggregate).values()
        if isinstance(each, type) and issubclass(each, Fact) and "TOPIC" in vars(each)
    }


FACTS: dict[str, type[Fact]] = {
    topic: fact for aggregate in AGGREGATES for topic, fact in _facts(aggregate).items()
}
"""Stored type → class."""

_TOPICS = frozenset(vars(aggregate)["TOPIC"] for aggregate in AGGREGATES)
