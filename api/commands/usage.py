"""Usage debits: `RecordUsage`, one to a thousand uses of one command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from api.commands.books import Books, Receipt
from api.commands.caps import Meter, Scope
from api.commands.command import Command
from ledger.audit.texts import Text
from ledger.credits.debits import UsageDraft
from ledger.credits.usage import Charge, Rate
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Invalid, KeyReused, Refusal
from ledger.kernel.ids import POOL, wallet_id
from ledger.kernel.limits import FUTURE_MAX_US, LATE_AFTER_US
from ledger.kernel.money import CREDIT
from ledger.kernel.times import format_time, microseconds
from ledger.ports import LINES, Key
from ledger.rating.card import RateCard
from ledger.rating.price import rate_usage
from ledger.tenancy.org import BillingMode


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use as a caller reported it, checked; the member it is for is known."""

    id: str
    fingerprint: str
    user: str
    occurred_us: int | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: dict[str, int] = {}
    amount: int | None = None
    reject: bool = False
    metadata: Text | None = None

    @property
    def content(self) -> str | None:
        """The erasable text that came with it."""
        return self.metadata.content if self.metadata else None


@dataclass(frozen=True)
class RecordUsage(Command):
    """Charge uses, each for itself; `atomic`: all of them or none."""

    uses: Sequence[Use]
    atomic: bool = False

    @property
    def weight(self) -> int:  # type: ignore[override]
        return len(self.uses)

    def idempotency_keys(self) -> Iterable[Key]:
        return [Key(self.org, LINES, use.id) for use in self.uses]

    def wallets(self, books: Books) -> Iterable[str]:
        return [wallet_id(self.org, payer_of(books, self.org, u.user), CREDIT) for u in self.uses]

    def decide(self, books: Books) -> list[Receipt | Refusal]:
        """A receipt or a refusal for each use, in order; an atomic one raises the first refusal."""
        session = _Session(self, books)
        for place, use in enumerate(self.uses):
            try:
                session.charge(use)
            except Refusal as refusal:
                if self.atomic:
                    refusal.facts["index"] = place
                    raise
                session.results.append(refusal)
        return session.close()


@dataclass(frozen=True)
class _Charged:
    """A use charged to a draft, not recorded yet."""

    use: Use
    wallet: Wallet
    line: int
    twin: bool = False


class _Session:
    """The uses of one command being charged against drafts, then recorded together."""

    def __init__(self, command: RecordUsage, books: Books) -> None:
        self.command = command
        self.books = books
        self.at = books.now(command.org)
        self.cards = books.cards(command.org)
        self.drafts: dict[str, tuple[Wallet, UsageDraft]] = {}
        self.charged: dict[str, _Charged] = {}
        self.results: list[Receipt | Refusal | _Charged] = []
        self.meter = Meter(books, command.org, self.at, map(scope_of, command.uses))

    def charge(self, use: Use) -> None:
        known = self._twin(use) or self.books.replay(
            Key(self.command.org, LINES, use.id), use.fingerprint, use.content
        )
        if known is not None:
            self.results.append(known)
            return
        charge = charge_of(use, self.command.actor.key, self.at, self.cards)
        wallet, draft = self._draft(payer_of(self.books, self.command.org, use.user))
        if use.reject:
            self.meter.check(scope_of(use), charge.amount)
        charged = _Charged(use, wallet, draft.charge(charge))
        self.meter.count(scope_of(use), charge.amount)
        self.charged[use.id] = charged
        self.results.append(charged)

    def close(self) -> list[Receipt | Refusal]:
        """Record every draft that charged something, and turn its lines into receipts."""
        recordings = {}
        for wallet, draft in self.drafts.values():
            if draft.lines:
                wallet.record(draft, self.at)
                recordings[wallet.id] = self.books.record(wallet, self.command.actor)
        self.meter.close(self.command.actor)
        receipts: list[Receipt | Refusal] = []
        for result in self.results:
            if isinstance(result, _Charged):
                receipt = Receipt(recordings[result.wallet.id], result.line, result.twin)
                receipts.append(receipt)
                if not result.twin:
                    self._claim(result.use, receipt)
            else:
                receipts.append(result)
        return receipts

    def _claim(self, use: Use, receipt: Receipt) -> None:
        key = Key(self.command.org, LINES, use.id)
        self.books.claim(key, receipt, use.fingerprint, use.metadata)

    def _twin(self, use: Use) -> _Charged | None:
        """The same line earlier in this command."""
        first = self.charged.get(use.id)
        if first is None:
            return None
        if (first.use.fingerprint, first.use.content) != (use.fingerprint, use.content):
            raise KeyReused(
                f"id {use.id} stands twice in this batch with different content.", field="id"
            )
        return _Charged(first.use, first.wallet, first.line, twin=True)

    def _draft(self, owner: str) -> tuple[Wallet, UsageDraft]:
        found = self.drafts.get(owner)
        if found is None:
            wallet = self.books.wallet(self.command.org, owner, CREDIT)
            found = self.drafts[owner] = (wallet, wallet.draft(self.at))
        return found


def scope_of(use: Use) -> Scope:
    """What caps tell this use apart by."""
    return {
        "user": use.user,
        "project": use.project,
        "service": use.service,
        "model": use.model,
    }


def payer_of(books: Books, org: str, user: str) -> str:
    """Whose wallet pays for a member: the pool's in a shared org, else their own."""
    return POOL if books.org(org).billing_mode is BillingMode.SHARED else user


def charge_of(use: Use, credential: str, at: datetime, cards: Sequence[RateCard]) -> Charge:
    """A use with its time checked and its amount: given, or by the rate cards."""
    now_us = microseconds(at)
    occurred_us = now_us if use.occurred_us is None else use.occurred_us
    if occurred_us > now_us + FUTURE_MAX_US:
        raise Invalid(
            f"occurred_at is more than 5 minutes ahead of the ledger's clock, "
            f"{format_time(now_us)}.",
            field="occurred_at",
        )
    amount, rate = _price(use, occurred_us, cards)
    return Charge(
        id=use.id,
        fingerprint=use.fingerprint,
        user=use.user,
        credential=credential,
        occurred_us=occurred_us,
        amount=amount,
        service=use.service,
        project=use.project,
        provider=use.provider,
        model=use.model,
        quantities=use.quantities,
        rate=rate,
        late=now_us - occurred_us > LATE_AFTER_US,
        metadata=use.metadata.digest if use.metadata else None,
        reject=use.reject,
    )


def _price(use: Use, occurred_us: int, cards: Sequence[RateCard]) -> tuple[int, Rate | None]:
    """A given amount is the charge and the model a label; otherwise the rate card prices it."""
    if use.amount is not None:
        return use.amount, None
    if use.model is None or not use.quantities:
        raise Invalid("give amount, or model with quantities to be priced.", field="amount")
    return rate_usage(use.model, use.quantities, occurred_us, cards)
