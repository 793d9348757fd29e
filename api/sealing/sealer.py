"""The sealer: follows the events by position, keeps each org's tree, and signs what has grown.

Like a projection it has one active process and goes on exactly where the stored position says. An
org whose stored events or tiles do not extend what was signed is not sealed any further: that is
said loudly, and the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from api.container import SealingStore, SigningKeys, TilesDisagree
from api.sealing.trees import Trees
from ledger.access_log.log import AccessHead, follow_log
from ledger.kernel.alarms import Alarm
from ledger.kernel.chain import GENESIS
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.retries import fault_of, keep_on
from ledger.ports import Clock, RecordedEvent
from ledger.proof.checkpoint import Checkpoint, origin_of
from ledger.proof.key_ring import KeyRing, KeysUnusable
from ledger.proof.sealing import CheckpointRow, NotAnExtension, TileGained, Tree
from projections.ports import Progress, Superseded

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
        self._clock = clock
        self._signed = signed
        self._sign_every_s = sign_every_s
        self._trees = Trees(store, keys)
        self._refused: set[str] = set()
        self._broken_logs: set[str] = set()
        self._unnoted: list[tuple[str, str]] = []
        self._unsigned: dict[str, None] = {}
        self._sealed_us = 0

    def run(self, stop: threading.Event, active: Callable[[], None] = lambda: None) -> None:
        """Seal until stopped; failures are logged and tried again. `active` is told of claims."""
        keep_on(lambda: self._turn(stop, active), stop, self._say, FAILED_S, FAILED_MAX_S)

    def catch_up(self) -> bool:
        """Seal and sign everything there is; False when another sealer is active."""
        try:
            while self._store.claim():
                at = self._begin()
                try:
                    while (after := self.advance(at)) != at:
                        at = after
                except TilesDisagree:
                    self._store.close()  # those orgs are refused now: the others go on
                    continue
                while self.follow_logs() or self._unsigned:
                    self.sign()
                return True
            return False
        finally:
            self._store.close()

    @property
    def refused(self) -> list[str]:
        """The orgs that are not sealed any further."""
        return sorted(self._refused)

    # -- following ---------------------------------------------------------------------------

    def _begin(self) -> Progress:
        """Return where to go on; nothing in memory is true any more."""
        self._trees.clear()
        self._open_keys()
        at = self._where()
        self._sealed_us = self._store.last_sealed_us()
        incomplete = {*self._store.refused(), *self._store.behind(at.position)}
        self._complete(incomplete - self._refused, at)
        self._unsigned = dict.fromkeys(self._store.unsigned())
        return at

    def _where(self) -> Progress:
        """Return the stored position; one ahead of all events was not written by a sealer."""
        at, last = self._store.progress(), self._store.last_position()
        if at.position <= last:
            return at
        _log.error(
            "ALARM: the sealer was set to position %s, the last is %s.",
            at.position,
            last,
            extra=Alarm.SEALER_SET_AHEAD.mark,
        )
        return self._store.apply(at, last, [], {})

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
                at = self._begin()
                active()
                self._follow(at, stop)
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

    def _follow(self, at: Progress, stop: threading.Event) -> None:
        due = logs = time.monotonic()
        look = due + LOOK_EVERY_S
        while not stop.is_set():
            if time.monotonic() >= logs:
                logs = time.monotonic() + LOGS_EVERY_S
                self.follow_logs()
            if time.monotonic() >= look:
                look = time.monotonic() + LOOK_EVERY_S
                self._look(at)
            before, at = at, self.advance(at)
            if self._unsigned and time.monotonic() >= due:
                due = time.monotonic() + self._sign_every_s
                self.sign()
            elif at == before:
                stop.wait(IDLE_S)
        self.sign()

    def _look(self, at: Progress) -> None:
        """Begin again, by Superseded, when what is stored of our work is not what we left."""
        if self._store.progress() != at or not self._refused.issuperset(self._store.refused()):
            raise Superseded("what is stored of sealing was changed: it is looked through again.")

    def advance(self, at: Progress) -> Progress:
        """Put the next page of events into their trees; `at` when there is none."""
        events = self._store.page(at.position)
        if not events:
            return at
        by_org: dict[str, list[RecordedEvent]] = {}
        for event in events:
            by_org.setdefault(event.org, []).append(event)
        since = {org: each[0].recorded_us for org, each in by_org.items()}
        self._load(org for org in by_org if org not in self._refused)
        gained, grown = self._grow(by_org)
        self._note_refusals(since)  # before the position passes their events
        try:
            after = self._store.apply(at, events[-1].position, gained, _stands(grown, since))
        except TilesDisagree as error:
            for org in error.orgs:
                self._refuse(org, "its stored tiles were changed.")
            self._note_refusals(since)
            raise
        self._unsigned.update(dict.fromkeys(tree.org for tree in grown))
        return after

    def _grow(self, by_org: dict[str, list[RecordedEvent]]) -> tuple[list[TileGained], list[Tree]]:
        gained: list[TileGained] = []
        grown: list[Tree] = []
        for org, events in by_org.items():
            tree = self._trees.held(org)
            if tree is None:
                continue
            new = [event for event in events if event.sequence > tree.size]
            if not new:
                continue  # the position was set back
            try:
                gained += tree.extend(new)
                grown.append(tree)
            except NotAnExtension as error:
                self._refuse(org, error.detail)
        return gained, grown

    # -- access logs -------------------------------------------------------------------------

    def follow_logs(self) -> bool:
        """Follow the access logs that have grown since they were signed; whether there are any to
        be signed. One that does not go on from there is not signed any further."""
        grown = [
            org
            for org in self._store.grown_logs(ORGS_SIGNED_AT_ONCE)
            if org not in self._refused | self._broken_logs
        ]
        self._load(grown)
        self._note_refusals({})
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
            self._note_refusals({})
            trees = [tree for org in orgs if (tree := self._trees.held(org)) is not None]
            rows = [self._checkpoint(tree, ring) for tree in trees]
            if rows:
                self._sealed_us = max(self._clock(), self._sealed_us + 1)
                self._store.sign(self._sealed_us, rows)
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

    # -- refusing ----------------------------------------------------------------------------

    def _load(self, orgs: Iterable[str]) -> None:
        for org, why in self._trees.load(orgs).items():
            self._refuse(org, why)

    def _refuse(self, org: str, why: str) -> None:
        _log.error(
            "ALARM: %s is not sealed any further: %s Run tally verify; when it is repaired, start "
            "the sealer again.",
            org,
            why,
            extra=Alarm.ORG_NOT_SEALED.mark,
        )
        self._trees.drop(org)
        self._unsigned.pop(org, None)
        self._refused.add(org)
        self._unnoted.append((org, why))

    def _note_refusals(self, since: dict[str, int]) -> None:
        """Keep refusals beside the trees, for the metrics and for the next start."""
        if not self._unnoted:
            return
        rows = [(org, since.get(org, self._clock()), why) for org, why in self._unnoted]
        self._store.refuse(rows)
        self._unnoted.clear()

    def _complete(self, orgs: Iterable[str], at: Progress) -> None:
        """Bring the trees of orgs up to a position that has passed their events: it was set
        forward, or they were refused, and may have been repaired."""
        for org in sorted(orgs):
            self._load([org])
            tree = self._trees.held(org)
            if tree is not None:
                self._catch_up_one(tree, at)
        self._note_refusals({})

    def _catch_up_one(self, tree: Tree, at: Progress) -> None:
        try:
            while events := self._store.missed(tree.org, tree.size, at.position):
                gained = tree.extend(events)
                since = {tree.org: events[0].recorded_us}
                self._store.apply(at, at.position, gained, _stands([tree], since))
            self._store.apply(at, at.position, [], _stands([tree], {tree.org: tree.recorded_us}))
        except (NotAnExtension, TilesDisagree) as error:
            self._refuse(tree.org, error.detail)


def _stands(trees: Sequence[Tree], since: dict[str, int]) -> dict[str, tuple[int, bytes, int, int]]:
    """Return where trees stand now, and when the first event that was added was recorded."""
    return {tree.org: (tree.size, tree.hash, tree.recorded_us, since[tree.org]) for tree in trees}
