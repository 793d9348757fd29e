"""What an attacker can make of changed events who owns the database and knows our code.

Everything is made to fit again: positions, sequences, versions, hashes, heads, keys, balances,
counters, directories, read models, tiles. Signing it takes the key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from adapters.memory.snapshot import Tables
from ledger.credits.inspection.caps import CapInspection
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact
from ledger.kernel.chain import EMPTY, Entry, Head, extend
from ledger.kernel.ids import split_stream_id
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.report import Report
from ledger.ports import DueRow, RecordedEvent
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.tiles import grow
from ledger.rating.inspection.line_prices import RatingInspection
from ledger.registry import fact_of
from ledger.tables import TABLES
from ledger.verification.declared_rows import DeclaredRows
from ledger.verification.keys import keys_of
from tests.tamper.stories import keep_tiles, project, stored_tree


def rewritten(tables: Tables, events: Sequence[RecordedEvent]) -> Tables:
    """The store as if these events had happened; signed checkpoints stay where they still fit."""
    made = tables.copy()
    made.events = rechained(events)
    made.shards = {1: len(made.events)}
    made.heads = {e.org: Head(e.sequence, e.hash, e.recorded_us) for e in made.events}
    facts = [(event, fact_of(event)) for event in made.events]
    _rewrite_books(made, facts)
    project(made)
    _rewrite_tiles(made)
    return made


def rechained(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """Events with the positions, sequences, versions, times and hashes of a sound chain."""
    heads: dict[str, Head] = {}
    versions: Counter[tuple[str, str]] = Counter()
    made = []
    for position, event in enumerate(events, 1):
        versions[event.org, event.stream] += 1
        recorded_us = max(event.recorded_us, heads.get(event.org, EMPTY).recorded_us)
        entry = Entry(
            event.org,
            event.stream,
            versions[event.org, event.stream],
            event.type,
            recorded_us,
            *event[7:10],
        )
        (link,) = extend(heads, [entry])
        made.append(RecordedEvent(position, entry.org, link.sequence, *entry[1:], link.hash))
    return made


def _rewrite_books(made: Tables, facts: Sequence[tuple[RecordedEvent, Fact]]) -> None:
    aggregates, last = _folded(facts)
    caps, rating = CapInspection(Report()), RatingInspection(Report())
    declared = DeclaredRows(Report())
    keys: dict[Key, KeyRow] = {}
    for event, fact in facts:
        caps.see(event, fact)
        rating.see(event, fact)
        declared.see(event, fact)
        for row in keys_of(event, fact):
            keys.setdefault(row.key, row)
    made.keys = list(keys.values())
    made.counters = caps.counted()
    made.meters = rating.meters.counted()
    made.balances = [each.balance(last[each.id]) for each in aggregates if isinstance(each, Wallet)]
    made.due = [
        DueRow(*split_stream_id(each.id), due_us)
        for each in aggregates
        if (due_us := each.due_us()) is not None
    ]
    made.declared = {
        name: [dict(row) for row in declared.rows_of(table, aggregates).values()]
        for name, table in TABLES.items()
    }


def _folded(
    facts: Sequence[tuple[RecordedEvent, Fact]],
) -> tuple[list[Any], dict[str, int]]:
    """The aggregates, and the last sequence of each; what does not follow is left out."""
    aggregates: dict[str, Any] = {}
    last: dict[str, int] = {}
    for event, fact in facts:
        last[fact.originator_id] = event.sequence
        try:
            aggregates[fact.originator_id] = fact.mutate(aggregates.get(fact.originator_id))
        except Exception:  # facts out of their order break in any way
            aggregates[fact.originator_id] = None
    return [each for each in aggregates.values() if each is not None], last


def _rewrite_tiles(made: Tables) -> None:
    """The tree anew, and those checkpoints that still fit: others would only give him away."""
    made.tiles, made.trees = {}, {}
    trees: dict[str, Frontier] = {}
    roots: dict[tuple[str, int], bytes] = {}
    for event in made.events:
        tree = trees.setdefault(event.org, Frontier())
        keep_tiles(made, event.org, grow(tree, [leaf_hash(event.hash)]))
        roots[event.org, tree.size] = tree.root()
    made.checkpoints = [
        row for row in made.checkpoints if roots.get((row.org, row.size)) == row.root
    ]
    newest = {row.org: row for row in sorted(made.checkpoints)}
    for event in made.events:  # the last of an org stays
        row = newest.get(event.org)
        unsigned = made.trees[event.org].unsigned_us if event.org in made.trees else None
        if event.sequence > (row.size if row else 0) and unsigned is None:
            unsigned = event.recorded_us
        made.trees[event.org] = stored_tree(event, row)._replace(unsigned_us=unsigned)
