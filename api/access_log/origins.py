"""Origins: where callers come from: address and user agent, blinded once a caller and process."""

from __future__ import annotations

from api.bounded import Bounded
from api.entropy import fresh_bytes
from ledger.kernel.canonical import canonical
from ledger.kernel.texts import ORIGIN, SALT_BYTES, Text, blind

ORIGINS_MAX = 20_000
NAMES_MAX = 4 * 1024 * 1024
"""Characters of all their names; a caller may have many, and make each as long as it goes."""


class Origins:
    """The blinded origins of recent callers; a caller seen again gets the same digest."""

    def __init__(self) -> None:
        self._sealed: Bounded[tuple[str, ...], Text] = Bounded(
            ORIGINS_MAX, weigh=lambda name: sum(map(len, name)), heaviest=NAMES_MAX
        )

    def of(self, org: str, caller: str, person: str, address: str, agent: str) -> Text:
        """Return an origin as an erasable text of a person; `caller` tells credentials of an org
        apart, and of one that an issuer gives to many, the person."""
        name = (org, caller, person, address, agent)
        blinded = self._sealed.get(name)
        if blinded is None:
            content = canonical({"address": address, "agent": agent}).decode()
            blinded = blind(content, ORIGIN, person, fresh_bytes(SALT_BYTES))
            self._sealed.put(name, blinded)
        return blinded
