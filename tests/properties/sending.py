"""Actions as commands of the service, and its outcomes in the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.commands.command import Command
from api.commands.credits.caps import SetCaps
from api.commands.credits.corrections import (
    AdjustCredits,
    ResumeWallet,
    ReverseTransaction,
    SuspendWallet,
    ZapWallet,
)
from api.commands.credits.deposits import DepositCredits, GrantCredits
from api.commands.credits.hold_result import HoldResult
from api.commands.credits.holds import CaptureHold, ExtendHold, PlaceHold, ReleaseHold
from api.commands.credits.transfers import TransferCredits
from api.commands.result import CommandResult
from ledger.credits.cap_book import CapBook
from ledger.credits.facts import lines_of
from ledger.credits.lots import Kind, Terms
from ledger.credits.transactions import transactions_of, wallet_of
from ledger.credits.usage import INPUT_TOKENS, OUTPUT_TOKENS, Use
from ledger.credits.wallet import Wallet
from ledger.kernel.canonical import fingerprint
from ledger.kernel.errors import (
    CapExceeded,
    Conflict,
    InsufficientCredits,
    Invalid,
    KeyReused,
    LedgerError,
    NotFound,
    Suspended,
)
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import parse_time
from tests.properties import actions as a
from tests.properties.caps import CAPS, cap_of
from tests.properties.model_months import Metered
from tests.properties.model_org import MONTHLY, Answer, Done, MUse
from tests.scenarios.commands import ACTOR, ORG, usage

WORDS: Mapping[type[LedgerError], str] = {
    InsufficientCredits: "short",
    Suspended: "suspended",
    CapExceeded: "capped",
    KeyReused: "reused",
    Invalid: "invalid",
    Conflict: "conflict",
    NotFound: "missing",
}
Places = Mapping[a.Origin, tuple[int, int]]
"""Sequence and line of what was recorded."""


def use_of(use: MUse, operation: str = "usage") -> Use:
    """A use as the service takes it."""
    return Use(
        id=use.id,
        fingerprint=fingerprint(operation, use._asdict()),
        user=use.user,
        amount=use.amount,
        occurred_us=parse_time("2026-01-31T23:59:59.999999Z", "at") if use.earlier else None,
        model=use.model,
        quantities=quantities_of(use),
        reject=use.reject,
        service=use.service,
    )


def quantities_of(use: MUse) -> dict[str, int]:
    """What a use counts, by meter."""
    if use.metered is not None:
        return metered(use.metered)
    return dict(zip((INPUT_TOKENS, OUTPUT_TOKENS), use.tokens or (), strict=False))


def metered(units: Metered) -> dict[str, int]:
    """What counts over a month, by meter."""
    return dict(zip(("seconds", "images", "characters"), units, strict=True))


def command_of(action: a.Action, places: Places) -> Command[object]:  # noqa: C901
    """The command that an action is sent as."""
    if isinstance(action, a.Spend):
        return usage([use_of(each) for each in action.uses], atomic=action.atomic)
    given: dict[str, Any] = {"org": ORG, "actor": ACTOR, "key": action.key}
    given["sent"] = {"what": type(action).__name__, **action._asdict()}
    match action:
        case a.Receive(_, owner, kind, amount, starts, ends, priority):
            terms = Terms(Kind(kind), amount, starts, ends, priority)
            make = DepositCredits if kind == "purchased" else GrantCredits
            return make(**given, user=owner, asset=CREDIT, terms=terms)
        case a.Place(key, user, asked, lasts, service):
            wanted: dict[str, Any] = {"user": user, "lasts_us": lasts, "service": service}
            if isinstance(asked, tuple):
                wanted |= {"model": MONTHLY, "quantities": metered(asked)}
            else:
                wanted["amount"] = asked
            return PlaceHold(**given, hold_id=key, **wanted)
        case a.Capture(_, hold, use, _):
            return CaptureHold(**given, hold_id=hold, use=use_of(use, "capture"))
        case a.Release(_, hold):
            return ReleaseHold(**given, hold_id=hold)
        case a.Extend(_, hold, lasts):
            return ExtendHold(**given, hold_id=hold, lasts_us=lasts)
        case a.Transfer(_, giver, receiver, amount):
            return TransferCredits(**given, from_user=giver, to_user=receiver, amount=amount)
        case a.Reverse(_, original, amount):
            sequence, line = places.get(original, (10**9, 0))
            text = None if amount is None else format_amount(amount, CREDIT)
            return ReverseTransaction(
                **given, reason=None, sequence=sequence, line=line, amount=text
            )
        case a.Adjust(_, owner, amount):
            return AdjustCredits(**given, reason=None, user=owner, amount=amount)
        case a.Zap(_, owner):
            return ZapWallet(**given, reason=None, user=owner)
        case a.Suspend(_, owner, suspended):
            return (SuspendWallet if suspended else ResumeWallet)(**given, reason=None, user=owner)
        case a.Limit(_, which):
            return SetCaps(**given, caps=[cap_of(cap) for cap in CAPS[which % len(CAPS)]])
    raise AssertionError(action)


def answer_of(
    outcome: CommandResult | HoldResult | LedgerError, numbers: Mapping[tuple[str, str], int]
) -> Answer:
    """An outcome in the words of the model; `numbers` counts the lots of each wallet."""
    if not isinstance(outcome, CommandResult | HoldResult):
        return WORDS[type(outcome)]
    fact = outcome.stored_fact.fact
    if isinstance(fact, CapBook.CapsSet):
        return Done("caps", "")
    name, (owner, _) = fact.originator_id, wallet_of(fact)
    lines = lines_of(fact)
    if lines:
        line = lines[outcome.line]
        parts = tuple((numbers[name, part.lot], part.amount) for part in line.lots)
        balance = getattr(fact, "balance_after", line.balance_after)
        return Done("use", owner, -line.amount, balance, parts, line.debt)
    moved = transactions_of(fact)
    match fact:
        case Wallet.CreditsDeposited() | Wallet.CreditsGranted() | Wallet.CreditsAdjusted():
            what = "adjust" if isinstance(fact, Wallet.CreditsAdjusted) else "in"
            number = numbers[name, fact.lot.id]
            return Done(what, owner, moved[0].amount, moved[0].balance_after, ((number, 0),))
        case Wallet.UsageReversed() | Wallet.CreditReversed():
            return Done("reversed", owner, moved[0].amount, moved[-1].balance_after)
        case Wallet.CreditsSent() | Wallet.CreditsWithdrawn():
            what = "sent" if isinstance(fact, Wallet.CreditsSent) else "out"
            return Done(what, owner, moved[0].amount, moved[0].balance_after)
        case Wallet.WalletSuspended() | Wallet.WalletResumed():
            return Done("flag", owner)
    return Done("hold", owner)
