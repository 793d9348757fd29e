"""`tally reconcile`: what a provider of payments says is what we do, or what differs."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.sealing import seal_written
from api.cli.verify import verification_progress
from api.container import Endpoints, Opening, Payments, clock_us, endpoints, projections
from api.reconciliation.reconcile import Reconciled
from api.reconciliation.reconcile import reconcile as reconcile_with
from api.reconciliation.reconciler import OnProgress, Range
from api.settings import Settings
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Invalid
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time, parse_day_or_time
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import MANUAL, PROVIDERS
from ledger.purchases.reconciliation import Compared, Difference
from projections.engine import Runner

SHOWN_MAX = 1_000
_SECOND_US = 1_000_000


def reconcile(
    provider: Annotated[str, typer.Argument(help="Who collects the money: stripe.")],
    from_: Annotated[
        str, typer.Option("--from", help="First day (2026-02-01) or time, in UTC, included.")
    ],
    to: Annotated[
        str | None, typer.Option("--to", help="Day or time to end before. Default: now.")
    ] = None,
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Only compare: record no fees and payouts.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Compare every payment, refund, dispute and fee in a provider's book with the purchases and
    invoices here, and record what the provider has kept and paid out, each movement once.

    Names what is missing here, missing there, or of another amount. What the provider has told in
    the last quarter of an hour, or has not decided, is on its way and no difference. Exit code 0:
    nothing differs. 1: something does. 2: nothing was compared (a range that holds nothing, a
    provider that does not answer …).
    """
    with refusals("Nothing was reconciled: "):
        during = _range(from_, to)
        _check(provider)
        settings = Settings.from_environment(data)
        opening = Opening.READ if is_dry else Opening.WRITE
        with (
            endpoints(settings, opening) as ends,
            verification_progress("reconcile", "parts") as on_progress,
        ):
            _catch_up(ends)
            found = asyncio.run(_reconciled(provider, ends, during, on_progress, is_dry=is_dry))
            if found.recorded and not is_dry:
                seal_written(settings, ends.database)
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=1))
    else:
        _print(Console(), found, is_dry=is_dry)
    raise typer.Exit(1 if found.compared.differences else 0)


def _check(provider: str) -> None:
    """Refuse who has no book."""
    if provider == MANUAL:
        raise Invalid(
            "bank transfers are confirmed by a person, and there is no book of a provider's to "
            "compare with.",
            field="provider",
        )
    if provider not in PROVIDERS:
        raise Invalid(f"provider must be one of {', '.join(PROVIDERS)}.", field="provider")


def _range(from_: str, to: str | None) -> Range:
    from_us = _moment(from_, "--from") // _SECOND_US * _SECOND_US
    until_us = clock_us() if to is None else _moment(to, "--to")
    until_us = -(-until_us // _SECOND_US) * _SECOND_US
    if until_us <= from_us:
        late = "now: give --to" if to is None else "--to, which is not included"
        raise Invalid(f"--from must be before {late}.", field="--from")
    return Range(from_us, until_us)


def _moment(text: str, option: str) -> int:
    """Return a day's first moment, or a time."""
    try:
        return parse_day_or_time(text, option)
    except Invalid as error:
        raise Invalid(f"{error.detail} Or give a day: 2026-02-01.", field=option) from None


def _catch_up(ends: Endpoints) -> None:
    """Have our book hold all that is recorded, where no service keeps it."""
    for each in projections(ends, linger_s=0):
        if each.name == "movements":
            Runner(each, threading.Event()).catch_up()


async def _reconciled(
    name: str, ends: Endpoints, during: Range, on_progress: OnProgress | None, *, is_dry: bool
) -> Reconciled:
    payments = Payments(ends.stripe)
    try:
        provider = await payments.provider(name)
        actor = None if is_dry else Actor("@operator", "tally reconcile", str(uuid.uuid4()))
        return await reconcile_with(provider, ends.database, during, actor, on_progress)
    finally:
        await payments.close()


def _print(console: Console, found: Reconciled, *, is_dry: bool) -> None:
    differences = found.compared.differences
    if differences:
        console.print(_table(differences))
    if len(differences) > SHOWN_MAX:
        console.print(f"and {len(differences) - SHOWN_MAX:,} more (--json lists them)")
    if found.recorded:
        verb = "To be recorded" if is_dry else "Recorded"
        console.print(f"{verb}: {_counted(found)}.")
    console.print(Text(_sentence(found.compared)), style="red" if differences else "green")


def _table(differences: Sequence[Difference]) -> Table:
    table = Table("what", "id", "org", "of", "here", "there", "when", "")
    for column in table.columns[4:6]:
        column.justify = "right"
    for column in (table.columns[1], table.columns[3]):
        column.overflow = "fold"
    for each in differences[:SHOWN_MAX]:
        of = each.purchase or each.invoice or each.order or ""
        columns = [each.thing.kind.value, each.thing.id, each.org or "", of]
        columns += [_money(each.here), _money(each.there), format_time(each.at_us)[:19]]
        table.add_row(*map(Text, columns), Text(each.wrong.value, style="red"))
    return table


def _sentence(found: Compared) -> str:
    waits = f", {found.on_their_way:,} on their way" if found.on_their_way else ""
    if found.differences:
        return f"DIFFERENT: {len(found.differences):,}; {found.equal:,} equal{waits}."
    return f"Nothing differs: {found.equal:,} equal{waits}."


def _counted(found: Reconciled) -> str:
    counts = Counter(each.thing.kind.value for each in found.recorded)
    return ", ".join(
        f"{count:,} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(counts.items())
    )


def _money(amounts: Sequence[Money]) -> str:
    return " + ".join(f"{format_amount(a.amount, a.currency)} {a.currency}" for a in amounts) or "-"


def _as_json(found: Reconciled) -> dict[str, Any]:
    return {
        "equal": found.compared.equal,
        "on_their_way": found.compared.on_their_way,
        "differences": [
            {
                "wrong": each.wrong.value,
                "what": each.thing.kind.value,
                "id": each.thing.id,
                "org": each.org,
                "purchase": each.purchase,
                "invoice": each.invoice,
                "order": each.order,
                "here": _amounts(each.here),
                "there": _amounts(each.there),
                "at": format_time(each.at_us),
            }
            for each in found.compared.differences
        ],
        "recorded": [
            {
                "what": each.thing.kind.value,
                "id": each.thing.id,
                "of": each.booking.of,
                **_amounts([each.booking.money])[0],
                "org": each.owner.org if each.owner else None,
                "purchase": each.owner.purchase if each.owner else None,
                "invoice": each.owner.invoice if each.owner else None,
                "order": each.owner.order if each.owner else None,
            }
            for each in found.recorded
        ],
    }


def _amounts(moneys: Sequence[Money]) -> list[dict[str, str]]:
    return [
        {"amount": format_amount(each.amount, each.currency), "currency": each.currency}
        for each in moneys
    ]
