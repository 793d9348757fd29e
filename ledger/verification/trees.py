"""Trees: checks of what the store says of its own sealing: where trees stand, what nobody has
signed yet, and what a witness has not got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.kernel.limits import FRESH_US
from ledger.kernel.report import Place, Report
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import SealRow
from ledger.verification.evidence import SignedCheckpoints, TreeState

Leaf = tuple[bytes, int]
"""The chain hash of an event, and when it was recorded."""


@dataclass
class _Seen:
    """What was seen of an org on the way: the last event of its stored tree, the first event that
    no stored checkpoint covers, when the last checkpoint was signed, and for each witness when the
    first one that it has not got was."""

    last: Leaf | None = None
    unsigned: Leaf | None = None
    sealed_us: int = 0
    waiting: dict[str, int] = field(default_factory=dict)


class TreeInspection:
    """Sees leaves and checkpoints in their order. `now_us`: when the store was looked at, by the
    clock of whoever verifies; the witnesses were asked before."""

    def __init__(
        self,
        report: Report,
        states: Mapping[str, TreeState],
        signed_checkpoints: SignedCheckpoints,
        now_us: int,
    ) -> None:
        self._report = report
        self._states = states
        self._signed_checkpoints = signed_checkpoints
        self._now_us = now_us
        self._seen: dict[str, _Seen] = {}

    def see_leaves(self, org: str, before: int, leaves: Sequence[Leaf]) -> None:
        """Take leaves that follow the first `before` of an org."""
        state, seen = self._states.get(org), self._seen.setdefault(org, _Seen())
        if state is not None and before < state.size <= before + len(leaves):
            seen.last = leaves[state.size - before - 1]
        unsigned = 0 if state is None else state.newest
        if before <= unsigned < before + len(leaves):
            seen.unsigned = leaves[unsigned - before]

    def see_checkpoint(self, row: SealRow) -> None:
        """Take the next stored checkpoint of an org."""
        seen = self._seen.setdefault(row.org, _Seen())
        if row.sealed_us < seen.sealed_us or row.sealed_us > self._now_us + FRESH_US:
            detail = f"sealed_us is {row.sealed_us}, not between the one before and now"
            self._report["checkpoints"].find(_place(row.org, row.size), detail)
        seen.sealed_us = max(seen.sealed_us, row.sealed_us)
        for witness, size in self._signed_checkpoints.reach(row.org).items():
            if size < row.size:
                seen.waiting.setdefault(witness, row.sealed_us)

    def end(self, org: str, size: int, *, signable: bool) -> Mapping[str, int]:
        """Note that an org has `size` events. Returns up to which each witness has it.

        `signable`: somebody signs here, so what nobody signed is not passed.
        """
        state, seen = self._states.get(org), self._seen.setdefault(org, _Seen())
        if state is not None:
            self._see_state(org, state, seen, size)
        if signable:
            self._see_unsigned(org, 0 if state is None else state.newest, size, seen)
        reach = self._signed_checkpoints.reach(org)
        for witness, sealed_us in sorted(seen.waiting.items()):
            self._see_waiting(org, witness, reach[witness], sealed_us)
        return reach

    def _see_state(self, org: str, state: TreeState, seen: _Seen, size: int) -> None:
        """What the store says of a tree is what the events and its checkpoints say."""
        check, place = self._report["checkpoints"], _place(org, state.newest)
        if state.signed > state.newest:
            detail = "the store says that it was signed: its row was removed"
            check.find(_place(org, state.signed), detail)
        elif state.signed < state.newest:
            check.find(place, f"the store says that the org was signed up to {state.signed}")
        elif state.sealed_us != state.newest_us:
            check.find(place, f"trees.sealed_us is {state.sealed_us}, it was {state.newest_us}")
        if state.refused is not None:
            detail = f"the org is not sealed any further: {state.refused}"
            check.find(Place(org, state.size + 1, row="tree"), detail)
        if state.size > size:
            self._report["tiles"].find(
                Place(org, size + 1, until=state.size),
                f"the events end at {size:,}, the tiles hold {state.size:,}",
            )
        elif seen.last is not None and seen.last != (state.hash, state.recorded_us):
            detail = "hash or recorded_us of the tree are not those of its last event"
            self._report["tiles"].find(Place(org, state.size, row="tree"), detail)
        self._see_unsigned_us(org, state, seen)

    def _see_unsigned_us(self, org: str, state: TreeState, seen: _Seen) -> None:
        if state.refused is not None or (state.size > state.newest and seen.unsigned is None):
            return
        right = seen.unsigned[1] if seen.unsigned and state.size > state.newest else None
        if state.unsigned_us != right:
            detail = f"trees.unsigned_us is {state.unsigned_us}, the events say {right}"
            self._report["checkpoints"].find(Place(org, row="tree"), detail)

    def _see_unsigned(self, org: str, newest: int, size: int, seen: _Seen) -> None:
        if seen.unsigned is None or not self._is_old(seen.unsigned[1]):
            return
        self._report["checkpoints"].pass_over(
            f"sequences {newest + 1:,} to {size:,} of {org}, recorded since "
            f"{format_time(seen.unsigned[1])}, have no signature: is `tally seal` running?",
            size - newest,
        )

    def _see_waiting(self, org: str, witness: str, size: int, sealed_us: int) -> None:
        """A witness that has not got a checkpoint is behind; unless the store says that it has."""
        check = self._report["witnesses"]
        if sealed_us <= self._signed_checkpoints.delivered_us(witness):
            check.find(
                _place(org, size),
                f"the store says that {witness} got what was signed until "
                f"{format_time(sealed_us)}, but it ends here",
            )
        elif sealed_us < self._signed_checkpoints.asked_us - FRESH_US:
            newest = self._states[org].newest
            check.pass_over(
                f"{witness} is behind: it has {org} up to {size:,} of {newest:,}, and waits since "
                f"{format_time(sealed_us)}"
            )

    def _is_old(self, us: int) -> bool:
        """Tell whether it is not just now; a time that has not come is none that is on its way."""
        return abs(self._now_us - us) > FRESH_US


def _place(org: str, size: int) -> Place:
    return Place(org, size, row="checkpoint")
