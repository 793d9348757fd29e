"""A usage line, a batch's or a capture's, is answered from its stored event as from its fact."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.utils import get_topic
from hypothesis import given
from hypothesis import strategies as st

from api.commands.result import CommandResult, StoredFact
from api.http.answers import encode
from api.http.credits.answers.results import ResultAnswers
from api.http.credits.answers.transactions import transaction_answer
from api.http.credits.answers.usage import UsageAnswers
from ledger.credits.debits import UsageRecorded
from ledger.credits.holds import HoldCaptured, LapsedHoldCaptured
from ledger.credits.lots import Kind, Returned, Slice
from ledger.credits.transactions import Category, transactions_of
from ledger.credits.usage import Rate, UsageLine
from ledger.kernel.aggregate import Fact, encode_body
from ledger.kernel.times import moment

AMOUNTS = st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 99).map(lambda n: n * 1_000_000))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)
NAMES = st.one_of(st.none(), TEXTS)
MOMENTS = st.integers(0, 4 * 10**15)
METERS = st.dictionaries(TEXTS, st.integers(0, 10**18), max_size=3)
SLICES = st.builds(
    Slice,
    lot=TEXTS,
    kind=st.sampled_from(Kind),
    amount=AMOUNTS,
    expires_us=st.one_of(st.none(), MOMENTS),
)
SOME = st.lists(SLICES, max_size=2)
LINES = st.builds(
    UsageLine,
    id=TEXTS,
    fingerprint=TEXTS,
    user=TEXTS,
    credential=TEXTS,
    occurred_us=MOMENTS,
    amount=AMOUNTS,
    balance_after=st.integers(-(2**63), 2**63 - 1),
    lots=st.lists(SLICES, max_size=3),
    debt=AMOUNTS,
    service=NAMES,
    project=NAMES,
    provider=NAMES,
    model=NAMES,
    quantities=METERS,
    rate=st.one_of(
        st.none(),
        st.builds(Rate, card=TEXTS, version=st.integers(1, 9), unit_prices=METERS),
    ),
    late=st.booleans(),
    metadata=st.one_of(st.none(), st.just("digest")),
)
METADATA = st.one_of(st.none(), st.just('{"chat":"7","é":"\\n"}'))


CAPTURES = st.fixed_dictionaries(
    {
        "fingerprint": TEXTS,
        "hold": TEXTS,
        "line": LINES,
        "held": SOME,
        "returned": st.builds(Returned, lots=SOME, expired=SOME),
        "balance_after": AMOUNTS,
    }
)
LAPSED = st.fixed_dictionaries({"fingerprint": TEXTS, "hold": TEXTS, "line": LINES})


def recorded(kind: type[Any], **fields: Any) -> StoredFact:
    """A fact of a wallet as it is stored."""
    wallet, at = "acme/wallet/credit/team/ada", moment(1_769_947_200_123_456)
    fact: Fact = kind(originator_id=wallet, originator_version=7, timestamp=at, **fields)
    topic = get_topic(kind)
    body = encode_body(fact)
    return StoredFact(topic, body, wallet, 7, fact.recorded_us, 12, bytes(range(32)))


EVENTS = st.one_of(
    st.lists(LINES, min_size=1, max_size=3).map(lambda each: recorded(UsageRecorded, lines=each)),
    CAPTURES.map(lambda fields: recorded(HoldCaptured, **fields)),
    LAPSED.map(lambda fields: recorded(LapsedHoldCaptured, **fields)),
)


@given(EVENTS, METADATA)
def test_answers_from_the_stored_event_are_those_from_the_fact(
    event: StoredFact, metadata: str | None
) -> None:
    assert UsageAnswers.can_read(event)
    texts = {} if metadata is None else {"digest": metadata}
    command_results = ResultAnswers()
    usage = [each for each in transactions_of(event.fact) if each.category is Category.USAGE]
    for place, transaction in enumerate(usage):
        known = texts if transaction.metadata else {}
        expected = transaction_answer(transaction, event.sequence, event.hash, known)
        answered = command_results.transaction(CommandResult(event, place), metadata)
        assert encode(answered) == encode(expected)


def test_an_event_of_another_version_is_answered_from_its_fact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def upcast(state: dict[str, object]) -> None:
        state["lines"] = state.pop("uses")

    event = recorded(UsageRecorded, lines=[UsageLine("a", "f", "ada", "key", 1, 2_000_000, 5)])
    expected = encode(ResultAnswers().transaction(CommandResult(event, 0)))
    monkeypatch.setattr(UsageRecorded, "class_version", 2)
    monkeypatch.setattr(UsageRecorded, "upcast_v1_v2", upcast, raising=False)
    event.body = event.body.replace(b'"lines"', b'"uses"')
    assert encode(ResultAnswers().transaction(CommandResult(event, 0))) == expected
