"""Month use: what the uses of one command are priced on top of, and what they add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from api.commands.rating.lookup import rate_cards_of
from api.commands.rating.meters import Meters
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.usage import Use
from ledger.kernel.errors import Refusal
from ledger.kernel.times import microseconds
from ledger.rating.line_price import Counted, Used, rate_usage
from ledger.rating.months import MeterKey, key_of
from ledger.rating.rate_card_prices import Price


class MonthUse:
    """What was used in their months of the meters that the uses of one command are priced by.

    `pays`: whose wallet pays for all of them; else each user's own. Nothing is asked for uses whose
    prices do not count over a month; `close` makes true what was counted.
    """

    def __init__(
        self, unit: UnitOfWork, org: str, pays: str | None, uses: Iterable[Use] = ()
    ) -> None:
        self._unit = unit
        self._org = org
        self._pays = pays
        self._ahead = uses
        self._used: dict[MeterKey, int] = {}

    def before(self, user: str, occurred_us: int) -> Used:
        """Return what a user's use at a moment is priced on top of."""
        return partial(self._asked, self._read, user, occurred_us)

    def count(self, user: str, occurred_us: int, counted: Sequence[Counted]) -> None:
        """Add what a use was charged for."""
        for price, used_before, quantity in counted:
            self._used[self._key(price, user, occurred_us)] = used_before + quantity

    def close(self) -> None:
        """Take what was counted into the group."""
        if self._used:
            self._unit.state(Meters).count(self._org, self._used)

    # -- inside ------------------------------------------------------------------------------

    def _asked(
        self, ask: Callable[[MeterKey], int], user: str, occurred_us: int, price: Price
    ) -> int:
        return ask(self._key(price, user, occurred_us))

    def _key(self, price: Price, user: str, occurred_us: int) -> MeterKey:
        return key_of(price, self._org, self._pays or user, occurred_us)

    def _read(self, key: MeterKey) -> int:
        if key not in self._used:
            meters = self._unit.state(Meters)
            keys = [key] if meters.knows(key) else [key, *self._foreseen()]
            unread = [each for each in keys if each not in self._used]
            self._used.update(meters.read(self._org, unread))
        return self._used[key]

    def _foreseen(self) -> Iterator[MeterKey]:
        """Yield what the uses of the command will ask for, to read it with one question to the
        store."""
        rate_cards = rate_cards_of(self._unit, self._org)
        now_us = microseconds(self._unit.now(self._org))
        keys: list[MeterKey] = []

        def note(key: MeterKey) -> int:
            keys.append(key)
            return 0

        ahead, self._ahead = self._ahead, ()
        for use in ahead:
            occurred_us = now_us if use.occurred_us is None else use.occurred_us
            asked = partial(self._asked, note, use.user, occurred_us)
            with suppress(Refusal):  # charging it will say so
                rate_usage(
                    use.provider, use.model or "", use.quantities, occurred_us, rate_cards, asked
                )
        yield from keys
