"""`tally checkpoint`: the signed checkpoint of an org."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.options import DATA_DEFAULT, SEQUENCE_MAX, DataOption
from api.cli.sealed import OrgOption, Sealed, ask, shown
from api.queries.proof.checkpoints import SealedCheckpoint, find_checkpoint


def checkpoint(
    org: OrgOption,
    size: Annotated[
        int | None,
        typer.Option(
            min=1, max=SEQUENCE_MAX, help="The first checkpoint that covers this sequence."
        ),
    ] = None,
    data: DataOption = DATA_DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the newest checkpoint of an org, after checking its signature."""

    async def question(sealed: Sealed) -> SealedCheckpoint:
        return sealed.checked(await find_checkpoint(sealed.reader, org, size))

    sealed, found = ask(data, org, question)
    if as_json:
        typer.echo(json.dumps(shown(sealed, found), indent=1))
        return
    table = Table("", "", show_header=False)
    for name, value in shown(sealed, found).items():
        if name != "note":
            table.add_row(name, "\n".join(value) if isinstance(value, list) else str(value))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    typer.echo(found.note)
