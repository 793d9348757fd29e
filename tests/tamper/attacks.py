"""Every way to change a history, by someone naive and by someone who makes everything fit again.

An attack is on one row; it answers the changed store, and which events of the true history it
touched. The thorough one owns the database, but has not the key; in `two histories` he has.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from adapters.memory.snapshot import Tables
from ledger.ports import RecordedEvent
from ledger.proof.note import SignerKey
from tests.tamper.rewriting import rewritten
from tests.tamper.stories import LEDGER, Sealed, seal

Place = tuple[str, int]
"""An org and a sequence."""


class Attacker(StrEnum):
    """What he does after the change."""

    NAIVE = "naive"
    THOROUGH = "thorough"


@dataclass(frozen=True)
class Attacked:
    """What an attack made; `others`: what other readers were shown and their witnesses hold."""

    tables: Tables
    touched: frozenset[Place]
    others: tuple[Sealed, ...] = ()


Events = list[RecordedEvent]
Attack = Callable[[Sealed, int, random.Random], Attacked]


# -- naive: rows are changed as they stand ---------------------------------------------------


def _modify(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    event = sealed.tables.events[row]
    at = draw.randrange(len(event.body))
    changed: dict[str, Any] = {
        "body": event.body[:at] + bytes([event.body[at] ^ 1]) + event.body[at + 1 :],
        "actor": event.actor.replace("key-1", "key-2") + " ",
        "idempotency_key": event.idempotency_key + "x",
        "type": "credits.LotsExpired" if event.type != "credits.LotsExpired" else "credits.X",
        "stream": event.stream + "x",
        "version": event.version + 1,
        "recorded_us": event.recorded_us + 1,
        "hash": draw.randbytes(32),
        "sequence": event.sequence + draw.choice((-1, 1, 1000)),
    }
    column = draw.choice(sorted(changed))
    forged = event._replace(**{column: changed[column]})
    attacked = _with(sealed, row, forged)
    return replace(attacked, touched=attacked.touched | {(forged.org, forged.sequence)})


def _delete(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    return _changed(sealed, [e for n, e in enumerate(sealed.tables.events) if n != row], [row])


def _insert(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    event = sealed.tables.events[row]
    forged = event._replace(body=_forged(event, draw).body, hash=draw.randbytes(32))
    return _changed(sealed, [*sealed.tables.events, forged], [row])


def _duplicate(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    events = sealed.tables.events
    return _changed(sealed, [*events, events[row]], [row])


def _swap(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    events, other = list(sealed.tables.events), _neighbour(sealed.tables.events, row)
    first, second = events[row], events[other]
    events[row] = first._replace(position=second.position)
    events[other] = second._replace(position=first.position)
    return _changed(sealed, events, [row, other])


def _move(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    tables = sealed.tables
    event = tables.events[row]
    head = tables.heads[event.org].sequence
    return _with(
        sealed, row, event._replace(sequence=head + 1, position=tables.events[-1].position + 1)
    )


def _cut_tail(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    events = sealed.tables.events
    return _changed(sealed, events[:row], range(row, len(events)))


def _cut_head(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    return _changed(sealed, sealed.tables.events[row + 1 :], range(row + 1))


def _exchange(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    events, other = list(sealed.tables.events), _foreign(sealed.tables.events, row, draw)
    first, second = events[row], events[other]
    events[row], events[other] = first._replace(org=second.org), second._replace(org=first.org)
    attacked = _changed(sealed, events, [row, other])
    claimed = {(second.org, first.sequence), (first.org, second.sequence)}
    return replace(attacked, touched=attacked.touched | claimed)


def _restore(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    """An old copy of events and heads, while all else stays."""
    old = rewritten(sealed.tables, sealed.tables.events[:row])
    attacked = _cut_tail(sealed, row, draw)
    attacked.tables.heads, attacked.tables.shards = old.heads, old.shards
    return attacked


def _two_histories(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    """Another history for the second reader, signed with a key of his own making."""
    return _told_another(sealed, row, draw, SignerKey(LEDGER, draw.randbytes(32)))


# -- thorough: the same, and everything is made to fit ----------------------------------------


def _thoroughly(change: Callable[[Events, int, random.Random], list[int]]) -> Attack:
    """An attack from a change of a list of events, which answers the true rows it touched."""

    def attack(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
        events = list(sealed.tables.events)
        touched = change(events, row, draw)
        return Attacked(rewritten(sealed.tables, events), _places(sealed, touched))

    return attack


def _modified(events: Events, row: int, draw: random.Random) -> list[int]:
    events[row] = _forged(events[row], draw)
    return [row]


def _deleted(events: Events, row: int, draw: random.Random) -> list[int]:
    del events[row]
    return [row]


def _inserted(events: Events, row: int, draw: random.Random) -> list[int]:
    events.insert(row, _forged(events[row], draw))
    return [row]


def _duplicated(events: Events, row: int, draw: random.Random) -> list[int]:
    """Before the one before it: right behind the last, a copy would be no change but an append."""
    before = _before(events, row)
    touched = _neighbour(events, row) if before == row else before
    events.insert(before, events[row])
    return [touched]


def _swapped(events: Events, row: int, draw: random.Random) -> list[int]:
    other = _neighbour(events, row)
    events[row], events[other] = events[other], events[row]
    return [row, other]


def _moved(events: Events, row: int, draw: random.Random) -> list[int]:
    chain = [n for n, event in enumerate(events) if event.org == events[row].org]
    place = chain.index(row)
    to = place + draw.choice((2, 5)) if place + 5 < len(chain) else max(0, place - 3)
    to = to if to != place else place + 1
    first, last = sorted((place, to))
    event = events.pop(row)
    events.insert(chain[to], event)
    return chain[first : last + 1]


def _tail_cut(events: Events, row: int, draw: random.Random) -> list[int]:
    touched = list(range(row, len(events)))
    del events[row:]
    return touched


def _head_cut(events: Events, row: int, draw: random.Random) -> list[int]:
    del events[: row + 1]
    return list(range(row + 1))


def _exchanged(events: Events, row: int, draw: random.Random) -> list[int]:
    other = _foreign(events, row, draw)
    first, second = events[row], events[other]
    events[row], events[other] = second._replace(org=first.org), first._replace(org=second.org)
    return [row, other]


def _two_signed_histories(sealed: Sealed, row: int, draw: random.Random) -> Attacked:
    """Another history for the second reader, signed with our key: he has taken that too."""
    return _told_another(sealed, row, draw, sealed.signer)


# -- what they share --------------------------------------------------------------------------


def _told_another(sealed: Sealed, row: int, draw: random.Random, key: SignerKey) -> Attacked:
    events = list(sealed.tables.events)
    events[row] = _forged(events[row], draw)
    other = seal(rewritten(sealed.tables, events), key)
    others = (other,) if key == sealed.signer else ()
    return Attacked(other.tables, _places(sealed, [row]), others)


def _with(sealed: Sealed, row: int, event: RecordedEvent) -> Attacked:
    events = list(sealed.tables.events)
    events[row] = event
    return _changed(sealed, events, [row])


def _changed(sealed: Sealed, events: Events, touched: list[int] | range) -> Attacked:
    tables = sealed.tables.copy()
    tables.events = list(events)
    return Attacked(tables, _places(sealed, touched))


def _places(sealed: Sealed, rows: list[int] | range) -> frozenset[Place]:
    events = sealed.tables.events
    return frozenset((events[row].org, events[row].sequence) for row in rows)


def _forged(event: RecordedEvent, draw: random.Random) -> RecordedEvent:
    """The same event with another meaning, well-formed: a smaller amount, or another author."""
    body = msgspec.json.decode(event.body)
    lines = body.get("lines")
    if lines and draw.random() < 0.7:
        lines[0]["id"] += " forged"
        lines[0]["service"] = "forged"
    actor = msgspec.json.decode(event.actor)
    actor["request"] = f"forged {draw.randrange(10**9)}"
    return event._replace(body=msgspec.json.encode(body), actor=msgspec.json.encode(actor).decode())


def _neighbour(events: Events, row: int) -> int:
    """The next event of the same org, or the one before when there is none."""
    org = events[row].org
    after = (n for n in range(row + 1, len(events)) if events[n].org == org)
    return next(after, _before(events, row))


def _before(events: Events, row: int) -> int:
    """The event of the same org before; the row itself when it is the first."""
    org = events[row].org
    return next((n for n in reversed(range(row)) if events[n].org == org), row)


def _foreign(events: Events, row: int, draw: random.Random) -> int:
    return draw.choice([n for n, event in enumerate(events) if event.org != events[row].org])


ATTACKS: dict[str, dict[Attacker, Attack]] = {
    "modify": {Attacker.NAIVE: _modify, Attacker.THOROUGH: _thoroughly(_modified)},
    "delete": {Attacker.NAIVE: _delete, Attacker.THOROUGH: _thoroughly(_deleted)},
    "insert": {Attacker.NAIVE: _insert, Attacker.THOROUGH: _thoroughly(_inserted)},
    "duplicate": {Attacker.NAIVE: _duplicate, Attacker.THOROUGH: _thoroughly(_duplicated)},
    "swap neighbours": {Attacker.NAIVE: _swap, Attacker.THOROUGH: _thoroughly(_swapped)},
    "move": {Attacker.NAIVE: _move, Attacker.THOROUGH: _thoroughly(_moved)},
    "cut the tail": {Attacker.NAIVE: _cut_tail, Attacker.THOROUGH: _thoroughly(_tail_cut)},
    "cut the head": {Attacker.NAIVE: _cut_head, Attacker.THOROUGH: _thoroughly(_head_cut)},
    "exchange orgs": {Attacker.NAIVE: _exchange, Attacker.THOROUGH: _thoroughly(_exchanged)},
    "restore a backup": {Attacker.NAIVE: _restore, Attacker.THOROUGH: _thoroughly(_tail_cut)},
    "two histories": {
        Attacker.NAIVE: _two_histories,
        Attacker.THOROUGH: _two_signed_histories,
    },
}
