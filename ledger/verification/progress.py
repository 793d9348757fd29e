"""Progress: checks of how far those are who follow the events: read models, the sealer,
witnesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.kernel.report import Check, Place, Report
from ledger.kernel.shards import base_of, number_of, shard_of
from ledger.proof.sealing import SEALER
from ledger.verification.evidence import Snapshot

KIND = "progress"


def inspect_progress(
    report: Report, snapshot: Snapshot, read_models: Sequence[str], effects: Sequence[str]
) -> None:
    """Compare what is stored of it with the events. The names of all read models, each of which
    must be there, and of all effects, which follow only where somebody is to be called."""
    check = report[KIND]
    lasts = {shard: position for shard, position in snapshot.shards() if number_of(position)}
    _see_followers(check, snapshot, {*read_models, SEALER}, {*effects}, lasts)
    for org, name, stored, right in snapshot.wrong_follower_heads(read_models):
        place = Place(org, row=f"head of {name} in projection_heads")
        check.find(place, f"sequence is {stored}, the events say {right}")
    sealed_us = snapshot.last_sealed_us()
    for witness, delivered_us in snapshot.deliveries():
        check.checked += 1
        if delivered_us > sealed_us:
            detail = f"delivered_us is {delivered_us}, the last signing was at {sealed_us}"
            check.find(Place(row=f"witness {witness}"), detail)


def _see_followers(
    check: Check, snapshot: Snapshot, names: set[str], others: set[str], lasts: Mapping[int, int]
) -> None:
    missing = set(names) if lasts else set()
    for name, position, planned in snapshot.followers():
        check.checked += 1
        place = Place(row=f"{name} in projections")
        missing.discard(name)
        last = lasts.get(shard_of(position), base_of(shard_of(position)))
        if name not in names | others:
            check.find(place, "nothing of that name follows the events: the row was added")
        elif position > last:
            detail = f"it says that it has applied position {position}, the last one is {last}"
            check.find(place, detail)
        elif planned is not None and not position < planned <= last:
            check.find(place, f"planned is {planned}, which is not a range after {position}")
    if missing - {SEALER} or (SEALER in missing and snapshot.last_sealed_us()):
        names_ = ", ".join(sorted(missing))
        check.find(Place(row=f"{names_} in projections"), "missing: the row was removed")
