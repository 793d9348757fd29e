"""The registry: every kind of fact by its stored type, and reading one that may be tampered
with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ledger.contexts import CONTEXTS
from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate, restore_fact
from ledger.kernel.context import Context
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent


class UnknownFact(LedgerError):
    """An event of a type that this version of the software does not know."""

    code = "unknown_fact"


class UnreadableFact(LedgerError):
    """An event whose body is not what its type says."""

    code = "unreadable_fact"


def fact_of(event: RecordedEvent) -> Fact:
    """Return the fact of a stored event. Raises UnknownFact or UnreadableFact."""
    aggregate_id = stream_id(event.org, event.stream)
    return fact_from(event.type, event.body, aggregate_id, event.version, event.recorded_us)


def fact_from(topic: str, body: bytes, aggregate_id: str, version: int, recorded_us: int) -> Fact:
    """Return a fact from what is stored of it. Raises UnknownFact or UnreadableFact.

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


def kind_of(stream: str) -> type[LedgerAggregate] | None:
    """Return the class of the aggregate with that stream within its org; None: no kind is named
    so."""
    first, slash, _ = stream.partition("/")
    return KINDS.get(first + slash)


def types_of(contexts: Iterable[Context]) -> dict[str, type]:
    """Return every stored type of contexts and its class. Raises ValueError where two have the
    same."""
    found: dict[str, tuple[Context, type]] = {}
    for context in contexts:
        for aggregate in context.aggregates:
            for each in (aggregate, *_facts(aggregate)):
                topic = vars(each)["TOPIC"]
                if topic in found:
                    raise ValueError(
                        f"the context {context.name} declares the stored type {topic}, as "
                        f"{found[topic][0].name} does: a stored type is of one context."
                    )
                found[topic] = context, each
    return {topic: each for topic, (_, each) in found.items()}


def _facts(aggregate: type[LedgerAggregate]) -> list[type[Fact]]:
    return [
        each
        for each in vars(aggregate).values()
        if isinstance(each, type) and issubclass(each, Fact) and "TOPIC" in vars(each)
    ]


_TYPES = types_of(CONTEXTS)

FACTS: dict[str, type[Fact]] = {
    topic: each for topic, each in _TYPES.items() if issubclass(each, Fact)
}
"""Stored type → class."""

KINDS: dict[str, type[LedgerAggregate]] = {
    each.STREAM: each for context in CONTEXTS for each in context.aggregates
}
"""How streams are named → the class of their aggregates."""

_TOPICS = _TYPES.keys() - FACTS.keys()
