"""A model of an org: who pays, what was answered to which key, and what is done between wallets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tests.properties.model import MLot, MWallet, Parts, price
from tests.properties.model_caps import MCap, MCaps, MCount, MLabels, month
from tests.properties.model_months import Metered, MMonths

HOLD_MAX = 7 * 86_400_000_000
MODEL, MONTHLY = "m", "monthly"


def month_at(us: int) -> str:
    return "{}-{:02}".format(*month(us))


class MUse(NamedTuple):
    """A use: with an amount, or with tokens to be priced, or with what counts over its month,
    which is the one `earlier` or this one."""

    id: str
    user: str
    amount: int | None
    tokens: tuple[int, int] | None = None
    reject: bool = False
    service: str | None = None
    metered: Metered | None = None
    earlier: bool = False

    @property
    def model(self) -> str | None:
        return MODEL if self.tokens else MONTHLY if self.metered else None

    def month(self, now: int) -> str:
        return "2026-01" if self.earlier else month_at(now)

    @property
    def labels(self) -> MLabels:
        """What caps tell it apart by."""
        return MLabels(self.user, self.service, self.model)


class Done(NamedTuple):
    """What was done: signed amount, for a debit its parts and debt, and the balance after."""

    what: str
    owner: str
    amount: int = 0
    balance_after: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    debt: int = 0


class Refused(Exception):
    """The word for why: short, suspended, capped, reused, invalid, conflict, missing."""


Answer = Done | str
Asked = int | Metered
"""What a hold is asked for: an amount, or what the work may count."""


@dataclass
class Model:
    """The wallets of an org, the first answer to every key, and what can still be reversed.

    `held` and `lines`: as what caps have counted each hold, and each use that may be reversed.
    """

    shared: bool = False
    wallets: dict[str, MWallet] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[object, Answer]] = field(default_factory=dict)
    hold_owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    reversed: dict[tuple[str, str], int] = field(default_factory=dict)
    caps: MCaps = field(default_factory=MCaps)
    months: MMonths = field(default_factory=MMonths)
    held: dict[str, MCount] = field(default_factory=dict)
    lines: dict[tuple[str, str], MCount] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)
    """Owners whose wallets a batch has looked at: what has expired there holds nothing."""

    came: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of a command: the pool's lots that members' own credit came in, by member and their lot."""

    def at(self, owner: str, now: int) -> MWallet:
        """A wallet at a moment."""
        return self.wallets.get(owner, MWallet()).until(now)

    def payer(self, user: str) -> str:
        return "@pool" if self.shared else user

    def once(self, space: str, key: str, content: object, do: Any, now: int) -> Answer:
        """One effect for a key, and its first answer for ever; a refusal leaves nothing."""
        known = self.answers.get((space, key))
        if known:
            return known[1] if known[0] == content else "reused"
        try:
            answer: Answer = do(now)
        except Refused as refused:
            return str(refused)
        self.answers[space, key] = (content, answer)
        return answer

    def keep(self, what: str, owner: str, wallet: MWallet, **more: Any) -> Done:
        self.wallets[owner] = wallet
        balance = 0 if what in ("hold", "flag") else wallet.balance()
        return Done(what, owner, balance_after=balance, **more)

    # -- what comes in and goes out ----------------------------------------------------------

    def receive(self, what: str, owner: str, lot: MLot, now: int) -> Done:
        """A deposit or a grant (`in`), or an adjustment upwards."""
        if lot.ends <= max(now, lot.starts):
            raise Refused("invalid")
        wallet = self.at(owner, now)
        if lot.kind == "free" and lot.starts <= now:
            wallet.reset_free(now)
        later = lot.kind == "free" and lot.starts > now
        lot = replace(lot, number=len(wallet.lots), resets=later)
        wallet.add(replace(lot), now)
        return self.keep(what, owner, wallet, amount=lot.left, parts=((lot.number, 0),))

    def use_all(self, uses: tuple[MUse, ...], atomic: bool, now: int) -> list[Answer] | Answer:
        """A batch of uses: each for itself, or all or none."""
        before = dict(self.wallets), dict(self.answers), self.caps.copy(), self.months.copy()
        self.looked_at, counted = [], len(self.caps.spent)
        self.came, lots = {}, len(self.wallets.get("@pool", MWallet()).lots)
        found = {
            place: self.once("line", u.id, u, lambda at, u=u: self.use(u, at), now)
            for place, u in self.order(uses)
        }
        answers = [found[place] for place in range(len(uses))]
        refusals = [each for each in answers if isinstance(each, str)]
        if atomic and refusals:
            self.wallets, self.answers, self.caps, self.months = before
            return refusals[0]
        self.caps.see_again(counted, lambda use: self.payer(use.labels.user))
        if self.came:
            self.settle(before[1], lots)
            names = [("line", use.id) for use in uses]
            answers = [
                self.answers[name][1] if isinstance(each, Done) else each
                for name, each in zip(names, answers, strict=True)
            ]
        return answers

    # -- a member's own credit ---------------------------------------------------------------

    def own_of(self, user: str, now: int) -> MWallet:
        """What a member has, when the pool pays for them."""
        return self.at(user, now) if self.shared and user != "@pool" else MWallet()

    def contribute(self, user: str, own: MWallet, pool: MWallet, amount: int, now: int) -> Parts:
        """The member's credit comes to the pool, and is used there at once: a lot for each of the
        member's, for all of a batch."""
        parts = []
        for number, part in own.take(amount, now):
            lot = own.lots[number]
            lot.sent += part
            if (user, number) not in self.came:
                self.came[user, number] = len(pool.lots)
                pool.lots.append(
                    MLot(len(pool.lots), lot.kind, 0, lot.starts, lot.ends, lot.priority)
                )
            pool.lots[self.came[user, number]].used += part
            parts.append((self.came[user, number], part))
        if parts:
            self.wallets[user] = own
        return parts

    def settle(self, before: dict[tuple[str, str], Any], first: int) -> None:
        """All that came with a batch came before its uses, one member's after the other."""
        pool = self.wallets["@pool"]
        members = list(dict.fromkeys(user for user, _ in self.came))
        came = sorted(self.came, key=lambda each: members.index(each[0]))
        numbers = {self.came[each]: first + place for place, each in enumerate(came)}
        lots = {new: replace(pool.lots[old], number=new) for old, new in numbers.items()}
        for new, lot in lots.items():
            pool.lots[new] = lot
        to_come = 0
        for name in reversed([each for each in self.answers if each not in before]):
            content, done = self.answers[name]
            assert isinstance(done, Done)
            parts = tuple((numbers.get(number, number), part) for number, part in done.parts)
            after = done.balance_after + to_come
            to_come += sum(part for number, part in done.parts if number in numbers)
            self.answers[name] = (content, done._replace(parts=parts, balance_after=after))

    def order(self, uses: tuple[MUse, ...]) -> list[tuple[int, MUse]]:
        """Where all wallets are counted together, those of one wallet come one after the other,
        as their event has them."""
        users = [use.user for use in uses]
        places = list(enumerate(uses))
        if self.months.together and not self.shared:
            places.sort(key=lambda each: users.index(each[1].user))
        return places

    def amount(self, use: MUse, owner: str, now: int) -> int:
        if use.metered is not None:
            return self.months.price(owner, use.metered, use.month(now))
        return price(use.tokens) if use.tokens else use.amount or 0

    def count(self, use: MUse, owner: str, now: int) -> None:
        if use.metered is not None:
            self.months.count(owner, use.metered, use.month(now))

    def use(self, use: MUse, now: int) -> Done:
        owner = self.payer(use.user)
        amount = self.amount(use, owner, now)
        wallet = self.at(owner, now)
        self.looked_at.append(owner)
        counted = self.caps.counts(use.labels, amount, now)
        if use.reject:
            self.is_active(use.user)
            self.admit(counted, now)
            self.is_active(owner)
        own = self.own_of(use.user, now)
        gives = min(own.available(now), amount)
        if use.reject and gives < amount and not wallet.admits(amount - gives, now):
            raise Refused("short")
        given = self.contribute(use.user, own, wallet, gives, now)
        parts, debt = wallet.spend(amount - gives, now)
        parts = given + parts
        self.caps.spent.append(counted)
        self.lines["line", use.id] = counted
        self.count(use, owner, now)
        return self.keep("use", owner, wallet, amount=-amount, parts=tuple(parts), debt=debt)

    # -- caps --------------------------------------------------------------------------------

    def set_caps(self, caps: tuple[MCap, ...], now: int) -> Done:
        self.caps.caps = caps
        return Done("caps", "")

    def admit(self, asked: MCount, now: int) -> None:
        """Refuse what open holds and spending leave no room for under a hard cap."""
        held = [
            self.held[name]
            for owner, wallet in self.wallets.items()
            for name, hold in wallet.holds.items()
            if hold.ends > now or owner not in self.looked_at
        ]
        if not self.caps.admits(asked, held):
            raise Refused("capped")

    def take_away(self, owner: str, amount: int, now: int) -> Done:
        """An adjustment downwards never makes debt."""
        wallet = self.at(owner, now)
        if wallet.debt or wallet.available(now) < amount:
            raise Refused("short")
        wallet.take(amount, now)
        return self.keep("out", owner, wallet, amount=-amount)

    def zap(self, owner: str, now: int) -> Done:
        """All that is left is gone, effective or not, and the debt; holds keep theirs."""
        wallet = self.at(owner, now)
        before = wallet.balance()
        if not wallet.debt and not any(lot.left for lot in wallet.lots):
            raise Refused("conflict")
        for lot in wallet.lots:
            lot.left = 0
        wallet.debt = 0
        return self.keep("out", owner, wallet, amount=wallet.balance() - before)

    def suspend(self, owner: str, suspended: bool, now: int) -> Done:
        wallet = self.at(owner, now)
        if wallet.suspended is suspended:
            raise Refused("conflict")
        wallet.suspended = suspended
        return self.keep("flag", owner, wallet)

    def is_active(self, owner: str) -> None:
        """A suspended wallet begins nothing; nor does a suspended member, though the pool pays."""
        if self.wallets.get(owner, MWallet()).suspended:
            raise Refused("suspended")

    def transfer(self, giver: str, receiver: str, amount: int, now: int) -> Done:
        """Slices move in burn order with their terms; the receiver's debt is paid first."""
        if giver == receiver:
            raise Refused("invalid")
        self.is_active(giver)
        source, target = self.at(giver, now), self.at(receiver, now)
        if not source.admits(amount, now):
            raise Refused("short")
        source.send(amount, target, now)
        target.pay_debt(now)
        self.wallets[receiver] = target
        return self.keep("sent", giver, source, amount=-amount)

    # -- holds -------------------------------------------------------------------------------

    def place(
        self, name: str, user: str, asked: Asked, lasts: int, service: str | None, now: int
    ) -> Done:
        """What a hold is for is an amount, or estimated after what was used until now."""
        owner = self.payer(user)
        by_month = isinstance(asked, tuple)
        amount = (
            self.months.price(owner, asked, month_at(now)) if isinstance(asked, tuple) else asked
        )
        wallet = self.at(owner, now)
        self.looked_at = [owner]
        self.held[name] = self.caps.counts(
            MLabels(user, service, MONTHLY if by_month else None), amount, now
        )
        self.is_active(user)
        self.admit(self.held[name], now)
        if not 0 < lasts <= HOLD_MAX:
            raise Refused("invalid")
        self.is_active(owner)
        own = self.own_of(user, now)
        lacking = amount - wallet.available(now)
        if 0 < lacking <= own.available(now) and not wallet.debt:
            own.send(lacking, wallet, now)
            self.wallets[user] = own
        if not wallet.admits(amount, now):
            raise Refused("short")
        wallet.hold(name, amount, now, now + lasts)
        self.hold_owners[name] = (owner, user)
        return self.keep("hold", owner, wallet)

    def open_hold(self, name: str, now: int, *, late: bool = False) -> tuple[str, MWallet]:
        """Who owns a hold that has not ended, or, for captures, lapsed less than a day ago."""
        if name not in self.hold_owners:
            raise Refused("missing")
        owner, _ = self.hold_owners[name]
        wallet = self.at(owner, now)
        if name not in wallet.holds and not (late and now < wallet.lapsed.get(name, 0)):
            raise Refused("conflict")
        return owner, wallet

    def release(self, name: str, now: int) -> Done:
        owner, wallet = self.open_hold(name, now)
        wallet.give_back(wallet.end(name), now)
        return self.keep("hold", owner, wallet)

    def extend(self, name: str, lasts: int, now: int) -> Done:
        owner, wallet = self.open_hold(name, now)
        hold = wallet.holds[name]
        if not hold.ends < now + lasts <= hold.placed + HOLD_MAX:
            raise Refused("invalid")
        wallet.holds[name] = replace(hold, ends=now + lasts)
        return self.keep("hold", owner, wallet)

    def capture(self, key: str, name: str, use: MUse, now: int) -> Done:
        """The line belongs to the hold's user; its id is a usage id, used once. It is for what the
        hold was for unless it says so itself."""
        if ("line", use.id) in self.answers:
            raise Refused("conflict" if use.id == name else "invalid")
        owner, wallet = self.open_hold(name, now, late=True)
        amount = self.amount(use, owner, now)
        self.came = {}
        member = self.hold_owners[name][1]
        own = self.own_of(member, now) if owner == "@pool" else MWallet()
        gives = min(own.available(now), amount)
        given = self.contribute(member, own, wallet, gives, now)
        if name in wallet.holds:
            parts, debt = wallet.capture(name, amount - gives, now)
        else:
            del wallet.lapsed[name]
            parts, debt = wallet.spend(amount - gives, now)
        parts = given + parts
        done = self.keep("use", owner, wallet, amount=-amount, parts=tuple(parts), debt=debt)
        self.answers["line", use.id] = (object(), done)
        held = self.held[name].labels
        labels = use.labels._replace(user=held.user, service=use.service or held.service)
        self.lines["header", key] = self.caps.counts(labels, amount, now)
        self.caps.spend(self.lines["header", key])
        self.count(use, owner, now)
        return done

    # -- reversals ---------------------------------------------------------------------------

    def reverse(self, original: tuple[str, str], amount: int | None, now: int) -> Done:
        """A debit goes back, the last consumed first; of a deposit or grant the rest is owed."""
        _, done = self.answers.get(original, (None, ""))
        if isinstance(done, str):
            raise Refused("missing")
        if done.what not in ("use", "in"):
            raise Refused("invalid")
        so_far = self.reversed.get(original, 0)
        wallet = self.at(done.owner, now)
        if done.what == "use":
            rest = -done.amount - so_far
            if not rest or (amount or 0) > rest:
                raise Refused("conflict")
            amount = amount or rest
            wallet.undo(list(done.parts), done.debt, so_far, amount, now)
            self.lines[original].amount -= amount
        else:
            taken = wallet.take_back(done.parts[0][0], amount, now)
            if taken is None:
                raise Refused("conflict")
            amount = taken
        self.reversed[original] = so_far + amount
        signed = amount if done.what == "use" else -amount
        return self.keep("reversed", done.owner, wallet, amount=signed)
