"""Commit batch: what a group has recorded, as the one commit that writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from eventsourcing.persistence import Mapper, StoredEvent

from api.commands.result import PendingFact
from api.writer.groups import Groups
from ledger.kernel.actor import encode_actor
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.chain import EMPTY, Entry, Head, Link, extend
from ledger.kernel.ids import split_stream_id
from ledger.kernel.keys import KeyRow
from ledger.kernel.rows import Row
from ledger.ports import Batch, DueRow

Rows: TypeAlias = dict[str, list[Mapping[str, object]]]
"""Rows of look-up tables, by table."""


def commit_batch(
    groups: Groups, mapper: Mapper[str], clock_us: int, shard: int, epoch: int | None
) -> tuple[list[StoredEvent], Batch]:
    """Chain what the group recorded to the heads it was decided on, and copy what is declared."""
    pending_facts = groups.unit.pending_facts
    stored = [*map(mapper.to_stored_event, [each.fact for each in pending_facts])]
    entries = _entries(pending_facts, stored)
    orgs = {entry.org for entry in entries}
    before = {org: groups.heads.get(org, EMPTY) for org in orgs}
    after: dict[str, Head] = dict(before)
    links = extend(after, entries)
    for pending_fact, link in zip(pending_facts, links, strict=True):
        pending_fact.sequence, pending_fact.hash = link.sequence, link.hash
        pending_fact.body = link.entry.body
    touched = groups.aggregates.touched.values()
    keys, rows = _declared(pending_facts, links)
    assert len(keys) == len(groups.idempotency.claims), "a key is claimed that no fact uses"
    for aggregate in touched:
        for table, columns in aggregate.rows():
            rows.setdefault(table, []).append(columns)
    batch = Batch(
        clock_us=clock_us,
        heads_before=before,
        heads_after=after,
        heads_seen=groups.heads_assumed(),
        links=links,
        keys=keys,
        balances=_balances(pending_facts, touched),
        due=_due(touched),
        texts=groups.unit.texts,
        rows=rows,
        erased=groups.unit.erased,
        shard=shard,
        epoch=epoch,
    )
    for state in groups.states:
        state.write(batch)
    return stored, batch


def _entries(pending_facts: Sequence[PendingFact], stored: Sequence[StoredEvent]) -> list[Entry]:
    entries = []
    actors: dict[int, str] = {}  # a command's facts share one actor
    for pending_fact, event in zip(pending_facts, stored, strict=True):
        actor = actors.get(id(pending_fact.actor))
        if actor is None:
            actor = actors[id(pending_fact.actor)] = encode_actor(pending_fact.actor)
        org, stream = split_stream_id(pending_fact.aggregate_id)
        entries.append(
            Entry(
                org,
                stream,
                event.originator_version,
                event.topic,
                pending_fact.recorded_us,
                actor,
                pending_fact.key,
                event.state,
            )
        )
    return entries


def _balances(
    pending_facts: Sequence[PendingFact], touched: Iterable[LedgerAggregate]
) -> list[Row]:
    last = {each.aggregate_id: each.sequence for each in pending_facts}
    rows = [aggregate.balance(last[aggregate.id]) for aggregate in touched]
    return [row for row in rows if row is not None]


def _due(aggregates: Iterable[LedgerAggregate]) -> list[DueRow]:
    """Return the moments that are others than before. A group that does not commit evicts what it
    has touched, so an aggregate in memory always knows what is stored of it."""
    rows = []
    for aggregate in aggregates:
        due_us = aggregate.due_us()
        if due_us != aggregate.due_kept_us:
            aggregate.due_kept_us = due_us
            rows.append(DueRow(*split_stream_id(aggregate.id), due_us))
    return rows


def _declared(
    pending_facts: Sequence[PendingFact], links: Sequence[Link]
) -> tuple[list[KeyRow], Rows]:
    """Return what facts declare: keys, and what they add to rows: mostly only keys."""
    keys: list[KeyRow] = []
    rows: Rows = {}
    for pending_fact, link in zip(pending_facts, links, strict=True):
        fact, org = pending_fact.fact, link.entry.org
        keys += fact.keys(org, pending_fact.key, link.sequence)
        for table, columns in fact.rows():
            rows.setdefault(table, []).append({**columns, "sequence": link.sequence})
    return keys, rows
