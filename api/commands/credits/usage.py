"""Usage debits: `RecordUsage`, one to a thousand uses of one command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from api.commands.command import Command
from api.commands.credits.caps import CapRoom
from api.commands.credits.lookup import (
    caps_of,
    check_member,
    find_wallet,
    own_credit,
    pool_pays,
    wallet_refs,
)
from api.commands.rating.lookup import rate_cards_of
from api.commands.rating.month_use import MonthUse
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.debits import UsageDraft
from ledger.credits.own_credit import OwnCredit
from ledger.credits.usage import LINES, RatedUse, Use
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Invalid, KeyReused, Refusal
from ledger.kernel.ids import POOL
from ledger.kernel.keys import Key
from ledger.kernel.limits import FUTURE_MAX_US, LATE_AFTER_US
from ledger.kernel.times import format_time, microseconds
from ledger.rating.line_price import Counted, Rated, Used, rate_usage
from ledger.rating.rate_card import RateCard


@dataclass(frozen=True)
class RecordUsage(Command[list[CommandResult | Refusal]]):
    """Debit uses, each for itself; `atomic`: all of them or none."""

    uses: Sequence[Use]
    atomic: bool = False

    @property
    def weight(self) -> int:  # type: ignore[override]
        return len(self.uses)

    @cached_property
    def keys(self) -> list[Key]:
        """The key of each use, in order."""
        return [Key(self.org, LINES, use.id) for use in self.uses]

    def idempotency_keys(self) -> Iterable[Key]:
        return self.keys

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        pool = [POOL] if pool_pays(unit, self.org) else []
        return wallet_refs(self.org, pool + [use.user for use in self.uses])

    def decide(self, unit: UnitOfWork) -> list[CommandResult | Refusal]:
        """Return a result or a refusal for each use, in order; an atomic one raises the first
        refusal."""
        session = _Session(self, unit)
        for place in session.order():
            try:
                session.results[place] = session.charge(self.uses[place], self.keys[place])
            except Refusal as refusal:
                session.results[place] = refusal
        if self.atomic:
            session.refuse_any()
        return session.close()


class _Rated(NamedTuple):
    """A use charged to a draft, not recorded yet."""

    use: Use
    key: Key
    owner: str
    line: int
    twin: bool = False


class _Session:
    """The uses of one command being charged against drafts, then recorded together."""

    def __init__(self, command: RecordUsage, unit: UnitOfWork) -> None:
        self.org = command.org
        self.actor = command.actor
        self.unit = unit
        self.at = unit.now(command.org)
        self.now_us = microseconds(self.at)
        self.rate_cards = rate_cards_of(unit, command.org)
        self.pays = POOL if pool_pays(unit, command.org) else None
        self.drafts: dict[str, tuple[Wallet, UsageDraft]] = {}
        self.own: dict[str, OwnCredit | None] = {}
        self.charged: dict[str, _Rated] = {}
        self.uses = command.uses
        self.results: dict[int, CommandResult | Refusal | _Rated] = {}
        self.months = MonthUse(unit, command.org, self.pays, command.uses)
        book = caps_of(unit, command.org)
        self.caps_version = book.caps_version if book else 0
        rejecting = book is not None and any(use.reject for use in command.uses)
        self.room = (
            CapRoom(unit, command.org, book.caps, self.at, command.uses)
            if book and rejecting
            else None
        )

    def order(self) -> Iterable[int]:
        """Return the places of the uses in the order in which their lines will stand in the chain.

        There the lines of a wallet are together: where a price counts what all wallets use, the
        uses must be charged in that order, too.
        """
        places = range(len(self.uses))
        if self.pays is not None or not any(card.counts_all_wallets for card in self.rate_cards):
            return places
        first: dict[str, int] = {}
        for place, use in enumerate(self.uses):
            first.setdefault(use.user, place)
        return sorted(places, key=lambda place: first[self.uses[place].user])

    def refuse_any(self) -> None:
        """Raise the first refusal, if there is one."""
        for place in range(len(self.uses)):
            refusal = self.results[place]
            if isinstance(refusal, Refusal):
                refusal.facts["index"] = place
                raise refusal

    def charge(self, use: Use, key: Key) -> CommandResult | _Rated:
        if use.id in self.charged:
            return self._twin(use)
        known = self.unit.keys.replay(key, use.fingerprint, use.content)
        if known is not None:
            return known
        charge, counted = rated_use_of(
            use, self.actor.key, self.now_us, self.rate_cards, self.months
        )
        owner = self.pays or use.user
        draft = self._draft(owner)
        if use.reject:
            check_member(self.unit, self.org, use.user)
        if self.room is not None and use.reject:
            self.room.check(use, charge.amount)
        charged = _Rated(use, key, owner, draft.charge(charge, self._own(use.user)))
        if self.room is not None:
            self.room.spend(use, charge.amount)
        if counted:
            self.months.count(use.user, charge.occurred_us, counted)
        self.charged[use.id] = charged
        return charged

    def close(self) -> list[CommandResult | Refusal]:
        """Record the drafts that charged something, the first to do so first, and turn their lines
        into command_results."""
        pending_facts = {}
        for owner in dict.fromkeys(each.owner for each in self.charged.values()):
            wallet, draft = self.drafts[owner]
            self._move_own(wallet, draft)
            wallet.record(draft, self.at, self.caps_version)
            pending_facts[owner] = self.unit.record(wallet, self.actor)
        self.months.close()
        results = [self.results[place] for place in range(len(self.uses))]
        return [self._result(each, pending_facts) for each in results]

    def _own(self, user: str) -> OwnCredit | None:
        """Return what a member has of their own while the pool pays for them."""
        if self.pays is not None and user not in self.own:
            self.own[user] = own_credit(self.unit, self.org, user)
        return self.own.get(user)

    def _move_own(self, pool: Wallet, draft: UsageDraft) -> None:
        """Own credit comes to the pool before the lines that it pays, one member's at a time."""
        if draft.own:
            pool.record_due(draft.due, self.at)
        for own in draft.own:
            own.move(pool)
            self.unit.record(own.member, self.actor)
            self.unit.record(pool, self.actor)

    def _result(
        self, found: CommandResult | Refusal | _Rated, pending_facts: dict[str, PendingFact]
    ) -> CommandResult | Refusal:
        if not isinstance(found, _Rated):
            return self.unit.explain(found) if isinstance(found, Refusal) else found
        use, key, owner, line, twin = found
        result = CommandResult(pending_facts[owner], line, twin)
        if not twin:
            self.unit.claim(key, result, use.fingerprint, use.metadata)
        return result

    def _twin(self, use: Use) -> _Rated:
        """Return the same line earlier in this command."""
        first = self.charged[use.id]
        if (first.use.fingerprint, first.use.content) != (use.fingerprint, use.content):
            raise KeyReused(
                f"id {use.id} stands twice in this batch with different content.", field="id"
            )
        return first._replace(twin=True)

    def _draft(self, owner: str) -> UsageDraft:
        found = self.drafts.get(owner)
        if found is None:
            wallet = find_wallet(self.unit, self.org, owner)
            found = self.drafts[owner] = (wallet, wallet.draft(self.at))
            if self.room is not None:
                self.room.free(wallet.funds.ended_holds(self.now_us))
        return found[1]


def rated_use_of(
    use: Use, credential: str, now_us: int, rate_cards: Sequence[RateCard], months: MonthUse
) -> tuple[RatedUse, Sequence[Counted]]:
    """Return a use with its time checked and its amount, and what it then counts over a month.

    A given amount is the charge and the model a label; otherwise the rate cards price it.
    """
    occurred_us = now_us if use.occurred_us is None else use.occurred_us
    if occurred_us > now_us + FUTURE_MAX_US:
        raise Invalid(
            f"occurred_at is more than 5 minutes ahead of the ledger's clock, "
            f"{format_time(now_us)}.",
            field="occurred_at",
        )
    late = now_us - occurred_us > LATE_AFTER_US
    if use.amount is not None:
        return RatedUse(use, credential, occurred_us, use.amount, None, late), ()
    amount, rate, counted = _price(
        use, occurred_us, rate_cards, months.before(use.user, occurred_us)
    )
    return RatedUse(use, credential, occurred_us, amount, rate, late), counted


def _price(use: Use, occurred_us: int, rate_cards: Sequence[RateCard], used: Used) -> Rated:
    if use.model is None or not use.quantities:
        raise Invalid("give amount, or model with quantities to be priced.", field="amount")
    return rate_usage(use.provider, use.model, use.quantities, occurred_us, rate_cards, used)
