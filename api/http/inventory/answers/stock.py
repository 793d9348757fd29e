"""Answers about stock: levels, and the movements that make them."""

from __future__ import annotations

from typing import Annotated

from api.commands.result import StoredFact
from api.http.answers import Answer, Time, one_of
from api.queries.inventory.movements import ListedMovement
from api.queries.inventory.stock import Level
from ledger.inventory.movements import MovementKind, movements_of
from ledger.kernel.times import format_time


class LevelAnswer(Answer):
    """Units of a SKU at a location. `available` is what is on hand and not reserved; below zero
    where more was sold than there is. `damaged` units are not on hand."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    available: int
    damaged: int
    allow_oversell: bool


class MovementAnswer(Answer):
    """A change of a level: by how many units each of its sums is more, or below zero less. `other`:
    the other location of a transfer, or from where units had left that came back. An erased
    `reason` is null."""

    sequence: int
    kind: Annotated[str, one_of(MovementKind)]
    sku: str
    location: str
    on_hand: int
    reserved: int
    damaged: int
    reservation: str | None
    owner: str | None
    other: str | None
    reference: str | None
    reason: str | None
    recorded_at: Time


def level_answer(level: Level) -> LevelAnswer:
    """Return a level as it is answered."""
    return LevelAnswer(
        level.sku,
        level.location,
        level.on_hand,
        level.reserved,
        level.on_hand - level.reserved,
        level.damaged,
        level.allows_oversell,
    )


def movement_answer(moved: ListedMovement) -> MovementAnswer:
    """Return a movement as it is answered."""
    return MovementAnswer(
        moved.sequence,
        moved.kind,
        moved.sku,
        moved.location,
        moved.on_hand,
        moved.reserved,
        moved.damaged,
        moved.reservation,
        moved.owner,
        moved.other,
        moved.reference,
        moved.reason,
        format_time(moved.recorded_us),
    )


def recorded_movement(stored_fact: StoredFact, reason: str | None = None) -> MovementAnswer:
    """Return the movement that a command has recorded."""
    (moved,) = movements_of(stored_fact.fact)
    told = moved._replace(reason=reason)._asdict()
    shown = {name: told[name] for name in ListedMovement._fields if name in told}
    listed = ListedMovement(
        sequence=stored_fact.sequence, recorded_us=stored_fact.recorded_us, **shown
    )
    return movement_answer(listed)
