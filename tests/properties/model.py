"""A model of the wallet, written from DESIGN section 4 and nothing else: slow, plain, obvious."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

NEVER = float("inf")
DAY = 86_400_000_000
Parts = list[tuple[int, int]]
"""Numbers of lots and amounts of them, in the order in which they were taken."""


@dataclass
class MLot:
    """Credits that came in together; `number` counts the lots of its wallet.

    Where they went: `used` may come back, what was `sent` is another's; the rest is gone. `owed` of
    what was used, and `charged` of what was sent, is debt already.
    """

    number: int
    kind: str
    left: int
    starts: int
    ends: float = NEVER
    priority: int = 50
    held: int = 0
    used: int = 0
    sent: int = 0
    resets: bool = False
    owed: int = 0
    charged: int = 0

    def live(self, now: float) -> bool:
        """Spendable: effective, and half-open at the end."""
        return self.starts <= now < self.ends

    def rank(self) -> tuple[float, ...]:
        """Priority, expiry (none last), given before paid, effective time, id."""
        paid = self.kind in ("purchased", "included")
        return self.priority, self.ends, paid, self.starts, self.number


@dataclass(frozen=True)
class MHold:
    """What was set aside, from which lots, and until when."""

    parts: Parts
    placed: int
    ends: int


@dataclass
class MWallet:
    """Every lot there ever was, open holds, when lapsed ones can no longer be captured, debt."""

    lots: list[MLot] = field(default_factory=list)
    holds: dict[str, MHold] = field(default_factory=dict)
    lapsed: dict[str, int] = field(default_factory=dict)
    debt: int = 0
    suspended: bool = False

    def copy(self) -> MWallet:
        lots = [replace(lot) for lot in self.lots]
        return MWallet(lots, dict(self.holds), dict(self.lapsed), self.debt, self.suspended)

    def available(self, now: float) -> int:
        return sum(lot.left for lot in self.lots if lot.live(now))

    def balance(self) -> int:
        return sum(lot.left + lot.held for lot in self.lots) - self.debt

    def admits(self, amount: int, now: int) -> bool:
        """Debt and too little credit refuse what may be refused; what costs nothing may begin."""
        return not amount or (not self.debt and self.available(now) >= amount)

    def take(self, amount: int, now: float) -> Parts:
        """As much as is spendable, in burn order."""
        parts = []
        for lot in sorted((lot for lot in self.lots if lot.left and lot.live(now)), key=MLot.rank):
            part = min(lot.left, amount)
            lot.left -= part
            amount -= part
            parts += [(lot.number, part)] if part else []
        return parts

    def use(self, amount: int, now: float) -> Parts:
        """The same, for work or for debt."""
        parts = self.take(amount, now)
        for number, part in parts:
            self.lots[number].used += part
        return parts

    def pay_debt(self, now: float) -> None:
        """Credit that is available pays the debt first."""
        self.debt -= total(self.use(self.debt, now)) if self.debt else 0

    def spend(self, amount: int, now: int) -> tuple[Parts, int]:
        """Usage is a fact: what is short becomes debt."""
        parts = self.use(amount, now)
        self.debt += amount - total(parts)
        return parts, amount - total(parts)

    def add(self, lot: MLot, now: int) -> None:
        """A new lot; it pays debt as soon as it is effective."""
        lot.number = len(self.lots)
        self.lots.append(lot)
        self.pay_debt(now)

    def reset_free(self, now: float) -> None:
        """Free credit never accumulates; what holds have set aside stays theirs."""
        for lot in self.lots:
            ends = lot.kind == "free" and lot.live(now) and not lot.resets
            lot.left = 0 if ends else lot.left

    def give_back(self, parts: Parts, now: float) -> None:
        """Back to the lots it came from, except to those that have expired; then debt is paid."""
        for number, part in parts:
            lot = self.lots[number]
            lot.left += part if now < lot.ends else 0
        self.pay_debt(now)

    # -- holds -------------------------------------------------------------------------------

    def hold(self, name: str, amount: int, now: int, ends: int) -> None:
        self.holds[name] = MHold(self.take(amount, now), now, ends)
        for number, part in self.holds[name].parts:
            self.lots[number].held += part

    def capture(self, name: str, amount: int, now: int) -> tuple[Parts, int]:
        """What was held pays first, what is over goes back, what is short is taken or owed."""
        used: Parts = []
        unused: Parts = []
        for number, part in self.end(name):
            pays = min(part, amount - total(used))
            self.lots[number].used += pays
            used += [(number, pays)] if pays else []
            unused += [(number, part - pays)]
        self.give_back(unused, now)
        extra, debt = self.spend(amount - total(used), now)
        return used + extra, debt

    def end(self, name: str) -> Parts:
        """The hold is over: its parts are nobody's until they are given back or spent."""
        parts = self.holds.pop(name).parts
        for number, part in parts:
            self.lots[number].held -= part
        return parts

    # -- what is taken back ------------------------------------------------------------------

    def take_back(self, number: int, amount: int | None, now: int) -> int | None:
        """Of a lot: what is left goes; what was used, sent, then held is owed. None: not so much.

        What expired or was taken by hand is gone already.
        """
        lot = self.lots[number]
        most = [lot.left, lot.used - lot.owed, lot.sent - lot.charged, lot.held]
        if not sum(most) or (amount or 0) > sum(most):
            return None
        amount = rest = amount or sum(most)
        parts = []
        for part in most:
            parts.append(min(part, rest))
            rest -= parts[-1]
        lot.left -= parts[0]
        lot.owed += parts[1]
        lot.charged += parts[2]
        self.keep_held(lot, parts[3], now)
        self.debt += sum(parts[1:])
        self.pay_debt(now)
        return amount

    def keep_held(self, lot: MLot, amount: int, now: int) -> None:
        """Holds keep what they have of a lot as a lot that is not given, and never ends."""
        if not amount:
            return
        kept = MLot(len(self.lots), "adjustment", 0, now, held=amount)
        self.lots.append(kept)
        lot.held -= amount
        for name, hold in self.holds.items():
            parts: Parts = []
            for number, part in hold.parts:
                moved = min(part, amount) if number == lot.number else 0
                amount -= moved
                parts += [(number, part - moved)] if part > moved else []
                parts += [(kept.number, moved)] if moved else []
            self.holds[name] = replace(hold, parts=parts)

    def come_back(self, parts: Parts, now: int) -> int:
        """Used credit goes back to its lots; what of it is owed does not, and is answered."""
        owed = 0
        for number, part in parts:
            lot = self.lots[number]
            instead = min(part, lot.owed)
            lot.owed -= instead
            lot.used -= part
            lot.left += part - instead if now < lot.ends else 0
            owed += instead
        return owed

    def undo(self, parts: Parts, debt: int, done: int, amount: int, now: int) -> None:
        """Give a debit back: its debt, then its lots from the end, after what is back already."""
        back = []
        for number, part in [(-1, debt), *reversed(parts)]:
            skipped = min(part, done)
            taken = min(part - skipped, amount)
            done, amount = done - skipped, amount - taken
            back.append((number, taken))
        cancelled = min(back[0][1], self.debt)
        self.debt -= cancelled
        instead = back[0][1] - cancelled + self.come_back(back[1:], now)
        if instead:
            self.lots.append(MLot(len(self.lots), "adjustment", instead, now))
        self.pay_debt(now)

    def send(self, amount: int, to: MWallet, now: int) -> None:
        """Slices go in burn order with their terms, as lots of the other wallet."""
        for number, part in self.take(amount, now):
            lot = self.lots[number]
            lot.sent += part
            terms = MLot(len(to.lots), lot.kind, part, lot.starts, lot.ends, lot.priority)
            to.lots.append(terms)

    # -- time --------------------------------------------------------------------------------

    def until(self, now: int) -> MWallet:
        """This wallet after what time brings, one moment after the other."""
        wallet = self.copy()
        open_lots = [lot for lot in wallet.lots if lot.left or lot.held]
        moments = {at for lot in open_lots for at in (lot.starts, lot.ends)}
        moments |= {hold.ends for hold in wallet.holds.values()}
        for moment in sorted(at for at in moments if at <= now):
            for lot in open_lots:
                lot.left = lot.left if moment < lot.ends else 0
            for name, hold in list(wallet.holds.items()):
                if hold.ends <= moment:
                    wallet.lapsed[name] = hold.ends + DAY
                    wallet.give_back(wallet.end(name), moment)
            for lot in open_lots:
                if lot.resets and lot.starts <= moment:
                    wallet.reset_free(moment)
                    lot.resets = False
            wallet.pay_debt(moment)
        return wallet


def total(parts: Parts) -> int:
    """The amount of parts together."""
    return sum(part for _, part in parts)


def price(tokens: tuple[int, int]) -> int:
    """Half a microcredit for a token in; out, three each up to the tenth, then a quarter."""
    into, out = tokens
    exact = Fraction(into, 2) + min(out, 10) * 3 + Fraction(max(out - 10, 0), 4)
    return round(exact)  # a Fraction rounds half to even
