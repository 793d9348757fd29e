"""Holds, transfers, corrections and caps as the API would make them, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.commands.credits.caps import SetCaps
from api.commands.credits.corrections import (
    AdjustCredits,
    ResumeWallet,
    ReverseTransaction,
    SuspendWallet,
    ZapWallet,
)
from api.commands.credits.holds import CaptureHold, ExtendHold, PlaceHold, ReleaseHold
from api.commands.credits.transfers import ConvertMoney, TransferCredits
from ledger.credits.caps import Cap, Period
from ledger.credits.usage import Use
from ledger.kernel.canonical import fingerprint
from ledger.kernel.money import CREDIT
from tests.scenarios.commands import ACTOR, ORG, USER, credits_of, sealed

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


def place(
    amount: str | None = None,
    *,
    id: str = "h",
    key: str | None = None,
    user: str = USER,
    lasts_us: int = HOUR,
    quantities: dict[str, int] | None = None,
    reference: str | None = None,
    org: str = ORG,
    **labels: Any,
) -> PlaceHold:
    """A hold, by amount or by what a use is expected to cost."""
    units = None if amount is None else credits_of(amount)
    sent: dict[str, object] = {"user": user, "amount": units, "lasts": lasts_us}
    sent |= {"quantities": quantities, "reference": reference, **labels}
    return PlaceHold(
        org=org,
        actor=ACTOR,
        key=key or f"place {id}",
        sent=sent,
        hold_id=id,
        user=user,
        lasts_us=lasts_us,
        amount=units,
        quantities=quantities,
        reference=reference,
        **labels,
    )


def capture(
    amount: str | None = None,
    *,
    id: str = "h",
    key: str | None = None,
    line: str | None = None,
    user: str = USER,
    org: str = ORG,
    metadata: str | None = None,
    **labels: Any,
) -> CaptureHold:
    """A capture by amount, or with a usage line of its own id."""
    units = None if amount is None else credits_of(amount)
    sent: dict[str, object] = {"id": id, "line": line, "amount": units, **labels}
    use = Use(
        id=line or id,
        fingerprint=fingerprint("usage", sent),
        user=user,
        amount=units,
        metadata=sealed(metadata, "metadata", user),
        **labels,
    )
    return CaptureHold(
        org=org,
        actor=ACTOR,
        key=key or f"capture {id}",
        sent=sent,
        hold_id=id,
        use=use,
    )


def release(id: str = "h", *, key: str | None = None, org: str = ORG) -> ReleaseHold:
    """Nothing was used."""
    return ReleaseHold(
        org=org, actor=ACTOR, key=key or f"release {id}", sent={"id": id}, hold_id=id
    )


def extend(lasts_us: int, id: str = "h", *, key: str = "extend", org: str = ORG) -> ExtendHold:
    """More time, from now."""
    sent: dict[str, object] = {"id": id, "lasts": lasts_us}
    return ExtendHold(org=org, actor=ACTOR, key=key, sent=sent, hold_id=id, lasts_us=lasts_us)


def transfer(
    amount: str, *, giver: str, receiver: str, key: str = "transfer", org: str = ORG
) -> TransferCredits:
    """Credit moves to another wallet; from or to `@pool` it is an allocation."""
    units = credits_of(amount)
    sent: dict[str, object] = {"from": giver, "to": receiver, "amount": units}
    return TransferCredits(
        org=org,
        actor=ACTOR,
        key=key,
        sent=sent,
        from_user=giver,
        to_user=receiver,
        amount=units,
    )


def reverse(
    sequence: int,
    amount: str | None = None,
    *,
    line: int = 0,
    key: str = "reverse",
    reason: str | None = None,
    org: str = ORG,
) -> ReverseTransaction:
    """A transaction taken back, or a part of it."""
    sent: dict[str, object] = {"sequence": sequence, "line": line, "amount": amount}
    return ReverseTransaction(
        org=org,
        actor=ACTOR,
        key=key,
        sent=sent,
        reason=sealed(reason, "reason", USER),
        sequence=sequence,
        line=line,
        amount=amount,
    )


def adjust(
    amount: str,
    *,
    key: str = "adjust",
    user: str = USER,
    asset: str = CREDIT,
    reason: str | None = None,
) -> AdjustCredits:
    """Credit added by hand, or with a minus taken."""
    units = credits_of(amount.removeprefix("-")) * (-1 if amount.startswith("-") else 1)
    return AdjustCredits(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user, "amount": units},
        reason=sealed(reason, "reason", user),
        user=user,
        amount=units,
        asset=asset,
    )


def zap(*, key: str = "zap", user: str = USER, reason: str | None = None) -> ZapWallet:
    """The balance cleared."""
    return ZapWallet(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user},
        reason=sealed(reason, "reason", user),
        user=user,
    )


def suspend(*, key: str = "suspend", user: str = USER, reason: str | None = None) -> SuspendWallet:
    """No admissions from now on."""
    return SuspendWallet(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user},
        reason=sealed(reason, "reason", user),
        user=user,
    )


def resume(*, key: str = "resume", user: str = USER, reason: str | None = None) -> ResumeWallet:
    """Admissions again."""
    return ResumeWallet(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user},
        reason=sealed(reason, "reason", user),
        user=user,
    )


def convert(cents: int, *, key: str = "convert", user: str = USER) -> ConvertMoney:
    """Dollars become credits."""
    return ConvertMoney(
        org=ORG, actor=ACTOR, key=key, sent={"user": user, "cents": cents}, user=user, cents=cents
    )


def cap(
    id: str,
    limit: str,
    period: str = "day",
    *,
    hard: bool = False,
    days: int | None = None,
    thresholds: Sequence[int] = (100,),
    **scope: str,
) -> Cap:
    """A cap in credits."""
    return Cap(id, credits_of(limit), Period(period), hard, days, scope, list(thresholds))


def caps(*given: Cap, key: str = "caps", org: str = ORG) -> SetCaps:
    """These caps and no others."""
    sent: dict[str, object] = {"caps": [repr(each) for each in given]}
    return SetCaps(org=org, actor=ACTOR, key=key, sent=sent, caps=list(given))
