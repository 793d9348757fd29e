"""The versions of rate cards, read from their events, which never change: each is read once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.bounded import Bounded
from api.queries.reader import Reader, Row
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import PLATFORM
from ledger.rating.rate_card_prices import DEFAULT_CARD, CardVersion, PublishedVersion, version_of
from ledger.rating.schedule import Schedule

FIRST_PLACE = 2**63 - 1
LISTED_PRICES_MAX = 10_000
"""Prices in one list of versions: as many as one version may have."""

HISTORIES_MAX = 10_000
"""Cards whose changes are remembered."""

DECODED_MAX = 100_000
"""Prices and names of the versions that are kept decoded, all together."""


class Change(NamedTuple):
    """A version published or withdrawn, with its place in the chain of the card's org."""

    place: int
    sequence: int
    recorded_us: int
    hash: bytes
    withdrawn: bool
    card_version: int
    effective_us: int | None


class History(NamedTuple):
    """What has happened to a card, in order."""

    changes: tuple[Change, ...] = ()

    @property
    def place(self) -> int:
        """The last event of the card's stream among them."""
        return self.changes[-1].place if self.changes else 0

    def until(self, sequence: int) -> History:
        """Return the same as of an event of the org."""
        return History(tuple(each for each in self.changes if each.sequence <= sequence))

    def schedule(self) -> Schedule:
        """Return which version prices when, by all of it."""
        schedule = Schedule()
        for change in self.changes:
            if change.withdrawn:
                schedule.withdraw(change.card_version)
            else:
                schedule.publish(change.card_version, change.effective_us)
        return schedule

    def published(self, before: int = FIRST_PLACE) -> list[Change]:
        """Return the versions before one, newest first."""
        found = [c for c in self.changes if not c.withdrawn and c.card_version < before]
        return found[::-1]

    def withdrawn_us(self, card_version: int) -> int | None:
        """Return when a version was withdrawn, if it was."""
        found = (c for c in self.changes if c.withdrawn and c.card_version == card_version)
        return next((change.recorded_us for change in found), None)


class CardAt(NamedTuple):
    """A card as it was at one moment."""

    name: str
    version: CardVersion

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """Return the version in force then: it was read for that moment."""
        return self.version


_decode = decoder(PublishedVersion)


class RateCards:
    """Reads cards; what was read once is asked for only whether something came after it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._histories: Bounded[str, History] = Bounded(HISTORIES_MAX)
        self._decoded = _Decoded()

    async def history(self, org: str) -> History:
        """Return all that has happened to an org's card."""
        known = self._histories.get(org) or History()
        parameters = {"org": org, "after": known.place}
        rows = await self._reader.rows(org, "rating/rate_card_changes", parameters)
        if rows:
            known = History(known.changes + tuple(_change(row) for row in rows))
            self._histories.put(org, known)
        return known

    async def versions(self, org: str, changes: Sequence[Change]) -> list[PublishedVersion]:
        """Return the versions that were published, newest first."""
        return [_decode(body) for body in await self._bodies(org, changes)]

    async def some_versions(self, org: str, changes: Sequence[Change]) -> list[PublishedVersion]:
        """Return the first of these versions, as many as have some prices together; at least
        one."""
        found: list[PublishedVersion] = []
        for change in changes:
            if sum(len(each.prices) for each in found) >= LISTED_PRICES_MAX:
                break
            found += await self.versions(org, [change])
        return found

    async def rate_cards_at(self, org: str, occurred_us: int) -> list[CardAt]:
        """Return the cards that price an org's use, the first to be asked first: its own, then the
        default."""
        found = []
        for name, owner in ((org, org), (DEFAULT_CARD, PLATFORM)):
            history = await self.history(owner)
            number = history.schedule().in_force(occurred_us)
            if number is not None:
                found.append(CardAt(name, await self._version(owner, history, number)))
        return found

    async def _version(self, org: str, history: History, number: int) -> CardVersion:
        found = self._decoded.get((org, number))
        if found is None:
            change = next(c for c in history.published() if c.card_version == number)
            (body,) = await self._bodies(org, [change])
            found = await asyncio.to_thread(_arranged, body)
            self._decoded.put((org, number), found)
        return found

    async def _bodies(self, org: str, changes: Iterable[Change]) -> list[bytes]:
        parameters = {"org": org, "versions": [change.place for change in changes]}
        rows = await self._reader.rows(org, "rating/rate_card_versions", parameters)
        return [row["body"] for row in rows]


class _Decoded:
    """Versions arranged for pricing; those not asked for longest leave when they grow too many."""

    def __init__(self) -> None:
        self._versions: OrderedDict[tuple[str, int], CardVersion] = OrderedDict()
        self._weight = 0

    def get(self, place: tuple[str, int]) -> CardVersion | None:
        found = self._versions.get(place)
        if found is not None:
            self._versions.move_to_end(place)
        return found

    def put(self, place: tuple[str, int], version: CardVersion) -> None:
        if place in self._versions:
            return
        self._versions[place] = version
        self._weight += version.weight
        while self._weight > DECODED_MAX and len(self._versions) > 1:
            _, oldest = self._versions.popitem(last=False)
            self._weight -= oldest.weight


def _arranged(body: bytes) -> CardVersion:
    return version_of(_decode(body))


def _change(row: Row) -> Change:
    return Change(
        row["version"],
        row["sequence"],
        row["recorded_us"],
        row["hash"],
        row["withdrawn"],
        row["card_version"],
        row["effective_us"],
    )
