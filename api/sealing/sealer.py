"""The sealer: follows the events shard by shard, keeps each org's tree, and signs what has grown.

Like a projection it has one active process and goes on exactly where the stored positions say. An
org whose stored events or tiles do not extend what was signed is not sealed any further: that is
said loudly, and the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from api.container import SealingStore, SigningKeys, TilesDisagree
from api.sealing.refusals import Refusals
from api.sealing.shard_follower import ShardFollower
from api.sealing.trees import Trees
from ledger.access_log.log import AccessHead, follow_log
from ledger.kernel.alarms import Alarm
from ledger.kernel.chain import GENESIS
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.retries import fault_of, keep_on
from ledger.ports import Clock
from ledger.proof.checkpoint import Checkpoint, origin_of
from ledger.proof.key_ring import KeyRing, KeysUnusable
from ledger.proof.sealing import CheckpointRow, Tree
from projections.ports import Superseded

SIGN_EVERY_S = 0.8
"""Time between two signings while there is traffic: with reading, hashing and storing, a
checkpoint is at most a second behind."""

IDLE_S = 0.1
LOGS_EVERY_S = 2.0
"""Time between two looks at the access logs."""

LOOK_EVERY_S = 5.0
"""Time between two looks whether somebody has changed what is stored of our work."""

STANDBY_S = 0.5
FAILED_S = 0.1
FAILED_MAX_S = 5.0
ORGS_SIGNED_AT_ONCE = 2_000
_log = logging.getLogger(__name__)


class Sealer:
    """One process's sealer, used by one thread. `signed` is told of each signing."""

    def __init__(
        self,
        store: SealingStore,
        keys: SigningKeys,
        clock: Clock,
        signed: Callable[[], None] = lambda: None,
        *,
        sign_every_s: float = SIGN_EVERY_S,
    ) -> None:
        self._store = store
        self._keys = keys
        self._signed = signed
        self._sign_every_s = sign_every_s
        self._trees = Trees(store, keys)
        self._refusals = Refusals(store, clock)
        self._broken_logs: set[str] = set()
        self._unsigned: dict[str, None] = {}
        self._shards: list[ShardFollower] = []
        self._sealed_us = 0

    def run(self, stop: threading.Event, active: Callable[[], None] = lambda: None) -> None:
        """Seal until stopped; failures are logged and tried again. `active` is told of claims."""
        keep_on(lambda: self._turn(stop, active), stop, self._say, FAILED_S, FAILED_MAX_S)

    def catch_up(self) -> bool:
        """Seal and sign everything there is; False when another sealer is active.

        Raises ShardUnread after all that can be read is signed.
        """
        try:
            while self._store.claim():
                self._begin()
                try:
                    while self.advance():
                        pass
                except TilesDisagree:
                    self._store.close()  # those orgs are refused now: the others go on
                    continue
                while self.follow_logs() or self._unsigned:
                    self.sign()
                for shard in self._shards:
                    if shard.stuck is not None:
                        raise shard.stuck
                return True
            return False
        finally:
            self._store.close()

    @property
    def refused(self) -> list[str]:
        """The orgs that are not sealed any further."""
        return sorted(self._refusals.orgs)

    # -- following ---------------------------------------------------------------------------

    def advance(self) -> bool:
        """Put the next page of each shard into the trees, in turn; False when there is none."""
        self._shards += map(self._follower, self._store.begin())
        return any([shard.advance() for shard in self._shards])

    def _begin(self) -> None:
        """Go on where the store says; nothing in memory is true any more."""
        self._trees.clear()
        self._unsigned.clear()
        self._open_keys()
        self._store.begin()
        self._sealed_us = self._store.last_sealed_us()
        stored = self._store.positions()
        self._shards = [self._follower(position) for position, _ in stored]
        for shard, (_, last) in zip(self._shards, stored, strict=True):
            shard.open(last)
        self._readmit()
        self._unsigned.update(dict.fromkeys(self._store.unsigned()))

    def _follower(self, position: int) -> ShardFollower:
        return ShardFollower(self._store, self._trees, self._refusals, self._unsigned, position)

    def _readmit(self) -> None:
        """Seal those again that another process refused and we do not: they were repaired."""
        refused = [org for org in self._store.refused() if org not in self._refusals.orgs]
        self._load(refused)
        self._refusals.note()
        self._store.readmit([org for org in refused if org not in self._refusals.orgs])

    def _open_keys(self) -> None:
        """Keys of ours, made at the very first start; never others than those that signed before.

        A process without the ledger's keys must not take over: it gives the claim back.
        """
        recent = self._store.recent_checkpoints()
        if recent and not any(map(self._trees.is_ours, recent)):
            raise KeysUnusable(
                "the checkpoints of this ledger were signed by keys, or under a name, that this "
                "process does not have: give every process that seals the same TALLY_NAME, "
                "signing-keys and verifier-keys."
            )
        self._keys.make()

    def _turn(self, stop: threading.Event, active: Callable[[], None]) -> None:
        try:
            if self._store.claim():
                self._begin()
                active()
                self._follow(stop)
            else:
                stop.wait(STANDBY_S)
        finally:
            self._store.close()

    def _say(self, error: LedgerError) -> None:
        passes = isinstance(error, Unavailable | Superseded)
        _log.log(
            logging.WARNING if passes else logging.ERROR,
            "sealer: %s",
            error.detail,
            exc_info=fault_of(error),
            extra=None if passes else Alarm.SEALER_STOPPED.mark,
        )

    def _follow(self, stop: threading.Event) -> None:
        due = logs = time.monotonic()
        look = due + LOOK_EVERY_S
        while not stop.is_set():
            if time.monotonic() >= logs:
                logs = time.monotonic() + LOGS_EVERY_S
                self.follow_logs()
            if time.monotonic() >= look:
                look = time.monotonic() + LOOK_EVERY_S
                self._look()
            moved = self.advance()
            if self._unsigned and time.monotonic() >= due:
                due = time.monotonic() + self._sign_every_s
                self.sign()
            elif not moved:
                stop.wait(IDLE_S)
        self.sign()

    def _look(self) -> None:
        """Begin again, by Superseded, when what is stored of our work is not what we left."""
        stored = [position for position, _ in self._store.positions()]
        left = sorted(shard.position for shard in self._shards)
        if stored != left or not self._refusals.orgs.issuperset(self._store.refused()):
            raise Superseded("what is stored of sealing was changed: it is looked through again.")

    # -- access logs -------------------------------------------------------------------------

    def follow_logs(self) -> bool:
        """Follow the access logs that have grown since they were signed; whether there are any to
        be signed. One that does not go on from there is not signed any further."""
        grown = [
            org
            for org in self._store.grown_logs(ORGS_SIGNED_AT_ONCE)
            if org not in self._refusals.orgs | self._broken_logs
        ]
        self._load(grown)
        self._refusals.note()
        for org in grown:
            tree = self._trees.held(org)
            if tree is not None and self._follow_log(tree):
                self._unsigned[org] = None
        return bool(self._unsigned)

    def _follow_log(self, tree: Tree) -> bool:
        """Tell whether the log of an org goes on from where its tree says."""
        head = tree.access or AccessHead(0, GENESIS)
        while links := self._store.access_links(tree.org, head.sequence):
            followed = follow_log(head, links)
            if followed is None:
                _log.error(
                    "ALARM: the access log of %s is not what was signed.",
                    tree.org,
                    extra=Alarm.ACCESS_LOG_CHANGED.mark,
                )
                self._broken_logs.add(tree.org)
                return False
            head = followed
        if head.sequence == 0 or head == tree.access:
            return False
        tree.access = head
        return True

    # -- signing -----------------------------------------------------------------------------

    def sign(self) -> None:
        """Sign a checkpoint of every tree that has grown since its last one."""
        ring = self._usable_keys()
        while self._unsigned:
            orgs = list(self._unsigned)[:ORGS_SIGNED_AT_ONCE]
            self._load(orgs)
            self._refusals.note()
            trees = [tree for org in orgs if (tree := self._trees.held(org)) is not None]
            rows = [self._checkpoint(tree, ring) for tree in trees]
            if rows:
                self._sealed_us = self._store.sign(self._sealed_us, rows)
            for org in orgs:
                self._unsigned.pop(org, None)
            self._trees.forget()
            self._signed()

    def _checkpoint(self, tree: Tree, ring: KeyRing) -> CheckpointRow:
        origin = origin_of(self._keys.name, tree.org)
        root = tree.frontier.root()
        checkpoint = Checkpoint(origin, tree.size, root, tree.recorded_us, tree.access)
        note = checkpoint.sign(ring.signers)
        access = tree.access.sequence if tree.access else 0
        return CheckpointRow(tree.org, tree.size, root, tree.recorded_us, note, access)

    def _usable_keys(self) -> KeyRing:
        ring = self._keys.ring()
        if not ring.signers:
            raise KeysUnusable("there is no private key any more: put it back.")
        return ring

    def _load(self, orgs: Iterable[str]) -> None:
        for org, why in self._trees.load(orgs).items():
            self._unsigned.pop(org, None)
            self._refusals.add(org, why)
