"""A model of the wallet, written from DESIGN section 4 and nothing else: slow, plain, obvious."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

NEVER = float("inf")


@dataclass(frozen=True)
class MLot:
    """Credits that came in together."""

    name: str
    number: int
    kind: str
    granted: int
    left: int
    starts: int
    ends: float
    priority: int

    def live(self, now: int) -> bool:
        """Spendable: effective, and half-open at the end."""
        return self.starts <= now < self.ends

    def rank(self) -> tuple[float, ...]:
        """Priority, expiry (none last), given before paid, effective time, id."""
        paid = self.kind in ("purchased", "included")
        return self.priority, self.ends, paid, self.starts, self.number


@dataclass(frozen=True)
class MWallet:
    """Lots and debt at a moment; every method answers another wallet."""

    lots: tuple[MLot, ...] = ()
    debt: int = 0
    granted: int = 0

    def available(self, now: int) -> int:
        return sum(lot.left for lot in self.lots if lot.live(now))

    def balance(self) -> int:
        return sum(lot.left for lot in self.lots) - self.debt

    def burn(self, amount: int, now: int) -> tuple[MWallet, list[tuple[str, int]], int]:
        """Take from spendable lots in burn order: the wallet, the parts, the shortfall."""
        lots, parts = {lot.name: lot for lot in self.lots}, []
        for lot in sorted(self.lots, key=MLot.rank):
            part = min(lot.left, amount) if lot.live(now) else 0
            if part:
                parts.append((lot.name, part))
                lots[lot.name] = replace(lot, left=lot.left - part)
                amount -= part
        return replace(self, lots=tuple(lots.values())), parts, amount

    def pay_debt(self, now: int) -> MWallet:
        """Credit that is available pays the debt first."""
        after, parts, _ = self.burn(min(self.debt, self.available(now)), now)
        return replace(after, debt=self.debt - sum(part for _, part in parts))

    def until(self, now: int) -> MWallet:
        """What time brings, one moment after the other."""
        moments = {lot.starts for lot in self.lots} | {lot.ends for lot in self.lots}
        wallet = self
        for moment in sorted(each for each in moments if each <= now):
            kept = tuple(lot for lot in wallet.lots if lot.ends > moment and lot.left)
            wallet = replace(wallet, lots=kept).pay_debt(int(moment))
        return wallet

    def receive(self, lot: MLot, now: int) -> MWallet:
        """A deposit or a grant."""
        lot = replace(lot, number=self.granted)
        return replace(self, lots=(*self.lots, lot), granted=self.granted + 1).pay_debt(now)


class MUse(NamedTuple):
    id: str
    owner: str
    amount: int
    reject: bool


class Paid(NamedTuple):
    owner: str
    parts: tuple[tuple[str, int], ...]
    debt: int
    balance_after: int


class Received(NamedTuple):
    owner: str
    lot: MLot
    balance_after: int


Answer = Paid | Received | str  # a str is a refusal: `short`, `reused` or `invalid`


@dataclass
class Model:
    """The wallets of an org, and what was answered to which key."""

    wallets: dict[str, MWallet] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[object, Answer]] = field(default_factory=dict)

    def at(self, owner: str, now: int) -> MWallet:
        """A wallet at a moment."""
        return self.wallets.get(owner, MWallet()).until(now)

    def receive(self, key: str, owner: str, lot: MLot, now: int) -> Answer:
        """A deposit or a grant."""
        known = self.answers.get(("header", key))
        if known:
            return known[1] if known[0] == (owner, lot) else "reused"
        if lot.ends <= max(now, lot.starts):
            return "invalid"
        starts = now if lot.starts < 0 else lot.starts
        wallet = self.at(owner, now).receive(replace(lot, starts=starts), now)
        self.wallets[owner] = wallet
        answer = Received(owner, lot, wallet.balance())
        self.answers["header", key] = ((owner, lot), answer)
        return answer

    def use(self, uses: list[MUse], atomic: bool, now: int) -> list[Answer] | Answer:
        """A batch of uses: each for itself, or all or none."""
        before = dict(self.wallets), dict(self.answers)
        answers = [self._use(use, now) for use in uses]
        refusals = [each for each in answers if isinstance(each, str)]
        if atomic and refusals:
            self.wallets, self.answers = before
            return refusals[0]
        return answers

    def _use(self, use: MUse, now: int) -> Answer:
        known = self.answers.get(("line", use.id))
        if known:
            return known[1] if known[0] == use else "reused"
        wallet = self.at(use.owner, now)
        if use.reject and (wallet.available(now) < use.amount or wallet.debt):
            return "short"
        wallet, parts, short = wallet.burn(use.amount, now)
        wallet = replace(wallet, debt=wallet.debt + short)
        self.wallets[use.owner] = wallet
        answer = Paid(use.owner, tuple(parts), short, wallet.balance())
        self.answers["line", use.id] = (use, answer)
        return answer
