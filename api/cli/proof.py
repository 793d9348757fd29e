"""`tally proof`: that an event is in a log, or that a log was only ever added to."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli.options import DATA_DEFAULT, SEQUENCE_MAX, DataOption
from api.cli.sealed import OrgOption, Sealed, ask, shown
from api.queries.proof.checkpoints import Consistency, Inclusion, prove_consistency, prove_inclusion

app = typer.Typer(no_args_is_help=True, help="Proofs against a signed checkpoint.")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def inclusion(
    org: OrgOption,
    sequence: Annotated[int, typer.Option(min=1, max=SEQUENCE_MAX, help="Which event.")],
    size: Annotated[
        int | None,
        typer.Option(
            min=1, max=SEQUENCE_MAX, help="In the first checkpoint that covers this sequence."
        ),
    ] = None,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Prove that an event is in the log; the proof and the signature are checked before."""

    async def question(sealed: Sealed) -> Inclusion:
        proof = await prove_inclusion(sealed.reader, org, sequence, size)
        sealed.checked(proof.checkpoint)
        return proof

    sealed, proof = ask(data, org, question)
    facts = {
        "sequence": proof.sequence,
        "index": proof.sequence - 1,
        "size": proof.checkpoint.size,
        "leaf": proof.leaf.hex(),
    }
    _print(facts, proof.hashes, shown(sealed, proof.checkpoint), as_json=as_json)


@app.command()
def consistency(
    org: OrgOption,
    from_: Annotated[
        int, typer.Option("--from", min=1, max=SEQUENCE_MAX, help="The size seen before.")
    ],
    to: Annotated[
        int | None,
        typer.Option(
            min=1, max=SEQUENCE_MAX, help="In the first checkpoint that covers this sequence."
        ),
    ] = None,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Prove that the log begins with what it was before; checked before it is printed."""

    async def question(sealed: Sealed) -> Consistency:
        proof = await prove_consistency(sealed.reader, org, from_, to)
        sealed.checked(proof.checkpoint)
        return proof

    sealed, proof = ask(data, org, question)
    facts = {
        "from": proof.size,
        "from_root": base64.b64encode(proof.root).decode(),
        "to": proof.checkpoint.size,
    }
    _print(facts, proof.hashes, shown(sealed, proof.checkpoint), as_json=as_json)


def _print(
    facts: dict[str, Any], hashes: list[bytes], checkpoint: dict[str, Any], *, as_json: bool
) -> None:
    encoded = [base64.b64encode(each).decode() for each in hashes]
    if as_json:
        whole = facts | {"hashes": encoded, "checkpoint": checkpoint}
        typer.echo(json.dumps(whole, indent=1))
        return
    table = Table("", "", show_header=False)
    for name, value in facts.items():
        table.add_row(name, str(value))
    table.add_row("hashes", "\n".join(encoded))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print("The proof holds for this checkpoint:")
    typer.echo(checkpoint["note"])
