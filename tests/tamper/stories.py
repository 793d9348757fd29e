"""Stores in memory to tamper with: a story of a seed, its read models, sealed and witnessed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.snapshot import MemoryAnalystsRows, MemorySnapshot, Tables
from api import container
from api.commands.command import Command
from api.verification.inspector import Inspector
from api.verification.plan import KINDS, Evidence, Plan
from api.verification.signed_checkpoints import GatheredCheckpoints
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import LedgerError, Refusal
from ledger.kernel.report import Report
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.proof.checkpoint import Checkpoint, SealRow, origin_of
from ledger.proof.checkpoint_signatures import Signatures
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.note import SignerKey
from ledger.proof.sealing import SEALER
from ledger.proof.tiles import Run, Tile, grow
from ledger.verification.evidence import StoredTree
from projections.followers import FOLLOWERS
from projections.read_models import READ_MODELS
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import deposit, grant, price, publish, register, usage, use
from tests.scenarios.wallet_commands import place

LEDGER = "tallystick"
ORGS = ("acme", "globex", "initech")
HOUR_US = 3_600_000_000
SEALED_EVERY = 16
"""Positions between two signings: an org's checkpoint interval is at most as long."""

_SECRET = bytes(32)
_encode = msgspec.json.Encoder().encode

Delivery = tuple[str, bytes]


@dataclass
class Sealed:
    """A store, whose keys signed it, and what its witness holds."""

    tables: Tables
    signer: SignerKey
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def signatures(self) -> Signatures:
        """Whose signatures count."""
        return Signatures(LEDGER, (self.signer.verifier,))


def inspect(
    tables: Tables, signatures: Signatures, signed_checkpoints: GatheredCheckpoints
) -> Report:
    """What verification finds in tables."""
    report = Report.of(KINDS)
    snapshot = MemorySnapshot(tables)
    analysts = {
        name: MemoryAnalystsRows(tables, model)
        for name, model in READ_MODELS.items()
        if model.for_analysts
    }
    evidence = Evidence(snapshot, snapshot, analysts, signed_checkpoints, snapshot.last_positions)
    Inspector(report, evidence, Plan(signatures, _SECRET, _later(tables))).run()
    return report


def testimony_of(sealed: Sealed, *others: Sealed) -> GatheredCheckpoints:
    """What the witnesses of some readers say together."""
    check = Report()["witnesses"]
    signed_checkpoints = GatheredCheckpoints(check, sealed.signatures)
    for number, each in enumerate((sealed, *others), 1):
        signed_checkpoints.take_files(f"witness {number}", each.deliveries)
    assert not check.wrong, check.first
    assert not check.unchecked, check.reason
    return signed_checkpoints


def told_store(seed: int, events: int, signer: SignerKey | None = None) -> Sealed:
    """A store of a seed; with two hundred events or more it holds every kind of fact."""
    clock = StandingClock()
    event_store = MemoryEventStore(clock)
    draw = random.Random(seed)
    if events >= 200:
        tell(event_store, clock)
    process = GroupCommit(container.ledger(event_store), clock)
    names = ORGS[1:] if events >= 200 else ORGS
    _accepted(process, [register(org) for org in names])
    cards = [price("m", "input_tokens", "2.50"), price("m", "output_tokens", "10")]
    _accepted(process, [publish(cards, key=f"m {org}", org=org) for org in ORGS])
    number = 0
    while (event_store.max_notification_id() or 0) < events:
        clock.now_us += draw.randrange(1, 2_000_000)
        number += 1
        _accepted(process, [_drawn(draw, f"{number}.{n}") for n in range(draw.randrange(1, 4))])
    tables = Tables.of_journal(event_store)
    project(tables)
    key = signer or SignerKey(LEDGER, random.Random(seed).randbytes(32))
    return seal(tables, key)


def project(tables: Tables) -> None:
    """Make the read models anew."""
    tables.read_models = {name: model.rows(tables.events) for name, model in READ_MODELS.items()}
    lasts = {shard_of(event.position): event.position for event in tables.events}
    tables.projected = {
        (name, shard): last
        for name in (*FOLLOWERS, SEALER)
        for shard, last in ({1: 0} | lasts).items()
    }
    tables.follower_heads = {
        (event.org, name): event.sequence
        for event in sorted(tables.events, key=lambda event: event.sequence)
        for name in FOLLOWERS
    }


def seal(tables: Tables, signer: SignerKey, every: int = SEALED_EVERY) -> Sealed:
    """Sign a store as the sealer does, after every few positions; each signing is delivered."""
    sealed = Sealed(tables, signer)
    tables.tiles, tables.trees, tables.checkpoints = {}, {}, []
    trees: dict[str, Frontier] = {}
    for first in range(0, len(tables.events), every):
        lines = []
        for org, events in _by_org(tables.events[first : first + every]).items():
            tree = trees.setdefault(org, Frontier())
            keep_tiles(tables, org, grow(tree, [leaf_hash(event.hash) for event in events]))
            last = events[-1].recorded_us
            note = Checkpoint(origin_of(LEDGER, org), tree.size, tree.root(), last).sign([signer])
            row = SealRow(org, tree.size, tree.root(), last, note, first + 1)
            tables.checkpoints.append(row)
            tables.trees[org] = stored_tree(events[-1], row)
            lines.append(_encode({"org": org, "note": note}))
        sealed.deliveries.append((f"checkpoints-{first:020}.jsonl", b"\n".join(lines)))
    return sealed


def stored_tree(event: RecordedEvent, row: SealRow | None) -> StoredTree:
    """What the store says of a tree that ends with an event and was signed as a checkpoint says."""
    signed = (row.size, row.sealed_us) if row else (0, 0)
    return StoredTree(event.sequence, event.hash, event.recorded_us, None, *signed)


def _later(tables: Tables) -> int:
    """A time at which every event must have a signature."""
    return max((event.recorded_us for event in tables.events), default=0) + HOUR_US


def keep_tiles(tables: Tables, org: str, gained: dict[Tile, Run]) -> None:
    """Put hashes at the end of tiles."""
    for tile, run in gained.items():
        tables.tiles[org, tile] = tables.tiles.get((org, tile), b"") + run.hashes


def _by_org(events: Iterable[RecordedEvent]) -> dict[str, list[RecordedEvent]]:
    found: dict[str, list[RecordedEvent]] = {}
    for event in events:
        found.setdefault(event.org, []).append(event)
    return found


def _accepted(process: GroupCommit, commands: Sequence[Command[object]]) -> None:
    """Some may be refused, as in life: none may fail."""
    for outcome in process.run(commands):
        for part in outcome if isinstance(outcome, list) else [outcome]:
            assert not isinstance(part, LedgerError) or isinstance(part, Refusal), part


def _drawn(draw: random.Random, name: str) -> Command[object]:
    org, user = draw.choice(ORGS), draw.choice(("ada", "bo", "cy", "@pool"))
    what = draw.random()
    if what < 0.15:
        return deposit(str(draw.randrange(1, 900)), key=f"d {name}", user=user, org=org)
    if what < 0.25:
        return grant("2", "promotional", key=f"g {name}", user=user, org=org, reason=name)
    if what < 0.3:
        return place("0.01", id=f"h {name}", key=f"h {name}", user=user, org=org)
    quantities = {"input_tokens": draw.randrange(1, 9000), "output_tokens": 7}
    uses = [
        use(id=f"{name} {line}", user=user, model="m", quantities=quantities)
        if draw.random() < 0.6
        else use(f"0.{draw.randrange(1, 99):02}", id=f"{name} {line}", user=user, metadata=name)
        for line in range(draw.choice((1, 1, 1, 3)))
    ]
    return usage(uses, org=org)
