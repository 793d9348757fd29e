"""Groups: the one being decided and the one in flight, and what they are decided on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from api.commands.application import Ledger
from api.commands.group_state import GroupState
from api.commands.hooks import CommitHooks
from api.commands.unit_of_work import OnRecorded, UnitOfWork
from api.writer.aggregate_cache import AGGREGATES_MAX, AggregateCache
from api.writer.idempotency import Idempotency
from api.writer.known_origins import KnownOrigins
from ledger.kernel.aggregate import Fact
from ledger.kernel.chain import EMPTY, Head
from ledger.kernel.keys import Key


class Overtaken(Exception):
    """Another process has written where the group in flight does: what is decided now may not be
    true before it has ended."""


class _Assumed(NamedTuple):
    """What a group was begun with without asking: orgs nobody else has written to, new keys."""

    orgs: list[str]
    keys: list[Key]


class Groups:
    """The heads of orgs, and all that is in memory as of them. Used by one thread."""

    def __init__(self, ledger: Ledger, aggregates_max: int = AGGREGATES_MAX) -> None:
        hooks = ledger.hooks
        self._event_store = ledger.event_store
        self.heads: dict[str, Head] = {}
        self._heads_before: Mapping[str, Head] = {}  # of the group in flight
        self._is_in_flight = False
        loaders = {kind: loader for each in hooks for kind, loader in each.loaders.items()}
        spaces = {space for each in hooks for space in each.remembered_spaces}
        self.aggregates = AggregateCache(ledger, loaders, aggregates_max)
        self.idempotency = Idempotency(self._event_store, spaces)
        self.origins = KnownOrigins()
        self.states = [make(self._event_store) for each in hooks for make in each.states]
        self.unit = UnitOfWork(
            self._event_store,
            self.heads,
            self.aggregates,
            self.idempotency,
            self.states,
            _on_recorded(hooks),
            {kind: say for each in hooks for kind, say in each.refused.items()},
        )
        self._parts: list[GroupState] = [
            *(self.aggregates, self.idempotency, self.origins, *self.states),
            self.unit,
        ]
        self._assumed: _Assumed | None = None

    # -- the group being decided -------------------------------------------------------------

    def open(self, orgs: Set[str], keys: Iterable[Key], clock_us: int, asked: Set[str]) -> set[str]:
        """Begin a group: of the orgs that are asked about, catch up with other processes and find
        the keys known already. Return those where something was otherwise than in memory.

        Of the others the group is optimistic: it trusts that nobody else has written and that their
        keys are new, and must be confirmed when it is decided (`is_confirmed`). Whatever was not so
        is refused by the commit, or found there.
        """
        self._begin()
        self.unit.clock_us = clock_us
        asked = asked | (orgs - self.heads.keys())
        if not asked:
            self._assumed = _Assumed(sorted(orgs), list(keys))
            return set()
        if assumed := orgs - asked:
            keys = list(keys)
            self._assumed = _Assumed(sorted(assumed), [key for key in keys if key.org in assumed])
            keys = [key for key in keys if key.org not in assumed]
        heads, known = self._event_store.look_up(sorted(asked), keys)
        surprises = {key.org for key in known if self.idempotency.is_to_be_new(key)}
        for org in sorted(asked):
            if self._catch_up(org, heads.get(org, EMPTY)):
                surprises.add(org)
        self.idempotency.know(known)
        return surprises

    def heads_assumed(self) -> dict[str, Head]:
        """Return the heads that were trusted in: they must still be there."""
        return {org: self.heads[org] for org in (self._assumed.orgs if self._assumed else ())}

    def is_confirmed(self) -> bool:
        """Tell whether that holds which `open` has trusted in and no commit would refuse: keys that
        nothing claims, as what came with them was refused, are new unless we remember them; and
        when nothing is recorded, heads are where we think."""
        if self._assumed is None:
            return True
        orgs, keys = self._assumed
        keys = [key for key in keys if not self.idempotency.remembers(key)]
        if self.unit.pending_facts and not keys:
            return True
        heads, known = self._event_store.look_up(orgs, keys)
        return not known and all(self._is_expected(org, heads.get(org, EMPTY)) for org in orgs)

    def fail(self) -> None:
        """Forget what the group did: its aggregates are not as the store has them."""
        for each in self._parts:
            each.fail()
        self._begin()

    # -- the group in flight -----------------------------------------------------------------

    def commit_started(self, before: Mapping[str, Head], after: Mapping[str, Head]) -> None:
        """Have the group stand while it is being committed and the next is decided."""
        assert not self._is_in_flight
        self._is_in_flight, self._heads_before = True, dict(before)
        for each in self._parts:
            each.commit_started()
        self.heads.update(after)

    def commit_succeeded(self) -> None:
        """Take what the group in flight did for stored."""
        assert self._is_in_flight
        self._is_in_flight, self._heads_before = False, {}
        for each in self._parts:
            each.commit_succeeded()

    def commit_failed(self) -> None:
        """Undo the group in flight, which did not commit, and what was decided on top of it."""
        assert self._is_in_flight
        self.fail()
        for each in self._parts:
            each.commit_failed()
        self.heads.update(self._heads_before)
        self._is_in_flight, self._heads_before = False, {}

    # -- inside ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._assumed = None
        for each in self._parts:
            each.begin()

    def _catch_up(self, org: str, head: Head) -> bool:
        """Drop what other processes have changed since our head; tell whether they have."""
        known = self.heads.get(org)
        if self._is_in_flight and head != known:
            if self._is_expected(org, head):
                return False  # the group in flight has not been stored yet
            raise Overtaken
        if known is None or known == head:
            self.heads[org] = head
            return False
        for each in self._parts:
            if known.sequence < head.sequence:
                each.forget(org, known.sequence, head.sequence)
            else:
                each.distrust(org)  # history is not what it was
        self.heads[org] = head
        return True

    def _is_expected(self, org: str, head: Head) -> bool:
        """Tell whether a stored head is ours, or was before what is in flight, if anything is."""
        return head in (self.heads.get(org), self._heads_before.get(org))


def _on_recorded(hooks: Iterable[CommitHooks]) -> dict[type[Fact], Sequence[OnRecorded]]:
    """Return what all contexts do when a fact of a kind is recorded, in their order."""
    found: dict[type[Fact], list[OnRecorded]] = {}
    for each in hooks:
        for kind, on_recorded in each.recorded.items():
            found.setdefault(kind, []).append(on_recorded)
    return {kind: tuple(every) for kind, every in found.items()}
