"""`tally erase-person`: erase the texts that may name a person, straight in the store."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.sealing import seal_written
from api.commands.application import Ledger
from api.commands.privacy.erasures import ErasePerson
from api.commands.result import CommandResult
from api.container import Endpoints, Opening, clock_us, endpoints, event_store, ledger
from api.queries.privacy.persons import find_astray
from api.queries.reader import Reader, query_pool
from api.settings import Settings
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import check_org, check_user
from ledger.privacy.erasure import Erasure


def erase_person(
    org: Annotated[str, typer.Option(help="The org.")],
    user: Annotated[str, typer.Option(help="The user whose texts are erased.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Erase a user's metadata, reasons, addresses and agents; amounts and the chain stay."""
    console = Console()
    with refusals("Nothing more was erased: "):
        check_org(org, "--org")
        check_user(user, "--user")
        if not yes:
            typer.confirm(f"Erase every text of {user} in {org}? It cannot be undone.", abort=True)
        settings = Settings.from_environment(data)
        with endpoints(settings, Opening.WRITE) as ends:
            astray = asyncio.run(_astray(ends, org, user))
            store = event_store(ends.database, "erase-person")
            try:
                texts = erase_with(ledger(store), org, user, astray)
            finally:
                store.close()
            seal_written(settings, ends.database)
    console.print(Text(f"{texts:,} texts of {user} in {org} are erased.", style="green"))


async def _astray(ends: Endpoints, org: str, user: str) -> list[str]:
    async with query_pool(ends.database.query, size=2) as pool:
        return await find_astray(Reader(pool), org, user)


def erase_with(application: Ledger, org: str, user: str, astray: Sequence[str] = ()) -> int:
    """Erase until nothing is left, those `astray` too; return how many texts. Raises LedgerError.

    Stopped in the middle it is simply done again: what is erased stays erased.
    """
    process = EveryShard(application, clock_us)
    erased = 0
    while True:
        erasure = str(uuid.uuid4())
        command = ErasePerson(
            org=org,
            actor=Actor("@operator", "tally erase-person", erasure),
            key=f"erase-person {erasure}",
            sent={"user": user},
            user=user,
            erasure=erasure,
            astray=astray[erased:],
        )
        (outcome,) = process.run([command])
        if isinstance(outcome, LedgerError):
            raise outcome
        assert isinstance(outcome, CommandResult)
        fact = outcome.stored_fact.fact
        assert isinstance(fact, Erasure.PersonErased)
        erased += len(fact.digests)
        if fact.complete:
            return erased
