"""The events of every release replay to the same state, byte for byte, for ever."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.credits.facts import WalletFact
from ledger.credits.postings import postings_of
from ledger.kernel.aggregate import encode_body
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.ports import RecordedEvent
from ledger.purchases.purchase_base import PurchaseFact
from ledger.registry import FACTS, fact_of
from projections.credits.transactions import READ_MODEL, TransactionRow
from tests.formats.golden import FOLDER, RELEASE, dumped, loaded, replayed, story
from tests.formats.schemas import check_event, schema_of

RELEASES = sorted(folder.name for folder in FOLDER.iterdir())


def events_of(release: str) -> list[RecordedEvent]:
    lines = (FOLDER / release / "events.jsonl").read_text("utf-8").splitlines()
    return [loaded(line) for line in lines]


@pytest.mark.parametrize("release", RELEASES)
def test_the_events_of_a_release_replay_to_the_same_state(release: str) -> None:
    assert replayed(events_of(release)) == (FOLDER / release / "state.jsonl").read_bytes()


@pytest.mark.parametrize("release", RELEASES)
def test_the_chains_of_a_release_still_verify(release: str) -> None:
    ends: dict[str, bytes] = {}
    for event in events_of(release):
        entry = Entry(event.org, event.stream, *event[4:10])
        ends[event.org] = link_hash(entry, event.sequence, ends.get(event.org, GENESIS))
        assert ends[event.org] == event.hash


@pytest.mark.parametrize("release", RELEASES)
def test_the_events_of_a_release_fit_their_schemas_and_the_double_entry(release: str) -> None:
    for event in events_of(release):
        check_event(event)
        assert sum(posting.amount for posting in postings_of(fact_of(event))) == 0


@pytest.mark.parametrize("release", RELEASES)
def test_a_row_of_the_list_says_what_is_pending_only_when_something_is(release: str) -> None:
    """So that rows that were written before anybody asked are still what the events say."""
    stored = map(TransactionRow._make, READ_MODEL.rows(events_of(release)))
    rows = [json.loads(row.detail) for row in stored]
    assert rows
    assert all(row.get("pending_after", 1) for row in rows)


def test_the_coming_release_records_what_its_golden_file_holds() -> None:
    """What older releases recorded stays as it is. Who adds an optional field writes `next` anew:
    `python -m tests.formats.golden`; another meaning needs a new version of the event."""
    lines = (FOLDER / RELEASE / "events.jsonl").read_text("utf-8")
    assert "".join(dumped(event) for event in story()) == lines


@pytest.mark.parametrize("event", events_of(RELEASE), ids=lambda e: f"{e.position}-{e.type}")
def test_a_fact_is_written_again_as_the_same_bytes(event: RecordedEvent) -> None:
    assert encode_body(fact_of(event)) == event.body


def _fields(schema: dict[str, Any], root: dict[str, Any], name: str, value: Any) -> set[str]:
    """The fields that a value has, each with the event or the shared part that it is a field of."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = root["$defs"][name]
    if isinstance(value, list):
        return set().union(*(_fields(schema["items"], root, name, each) for each in value))
    found: set[str] = set()
    for each in schema.get("anyOf", []):
        found |= _fields(each, root, name, value) if isinstance(value, dict) else set()
    if isinstance(value, dict):
        if isinstance(of_each := schema.get("additionalProperties"), dict):
            for inner in value.values():
                found |= _fields(of_each, root, name, inner)
        for key, inner in schema.get("properties", {}).items():
            if key in value:
                found |= {f"{name}.{key}"} | _fields(inner, root, f"{name}.{key}", value[key])
    return found


def test_the_golden_file_covers_every_event_with_every_field() -> None:
    """Fields that events or parts of them share (a wallet's, a lot's, a line's) count wherever they
    stand."""
    schemas = {topic: schema_of(fact) for topic, fact in FACTS.items()}
    wanted = {f"{topic}.{key}" for topic in schemas for key in schemas[topic].get("properties", {})}
    for schema in schemas.values():
        for name, part in schema["$defs"].items():
            wanted |= {f"{name}.{key}" for key in part.get("properties", {})}
    covered: set[str] = set()
    for event in events_of(RELEASE):
        schema = schemas[event.type]
        covered |= _fields(schema, schema, event.type, json.loads(event.body))
    for shared in WalletFact.__annotations__ | PurchaseFact.__annotations__:
        wanted = {field for field in wanted if not field.endswith(f".{shared}")}
        assert any(field.endswith(f".{shared}") for field in covered), shared
    assert sorted(wanted - covered) == []
    assert {event.type for event in events_of(RELEASE)} == set(FACTS)
