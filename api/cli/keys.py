"""`tally keys`: the keys that sign checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import SigningKeys, signing_keys
from api.settings import Settings
from ledger.kernel.errors import NotFound
from ledger.proof.key_ring import KeyRing
from ledger.proof.note import VerifierKey

app = typer.Typer(no_args_is_help=True, help="The keys that sign checkpoints.")


@app.command(name="list")
def list_keys(data: DataOption = DATA_DEFAULT) -> None:
    """Show every public key, and what it is used for. Private keys are never shown."""
    with _keys(data) as keys:
        ring = keys.ring()
        if not ring.verifiers:
            raise NotFound(f"there are no keys in {data}: name the ledger's folder with --data.")
        _print(ring)


@app.command()
def rotate(data: DataOption = DATA_DEFAULT) -> None:
    """Make a new key, which becomes the first; those before it sign too until they are retired."""
    with _keys(data) as keys:
        _print(keys.rotate())


@app.command()
def retire(
    key: Annotated[str, typer.Argument(help="Its id, or name+id.")], data: DataOption = DATA_DEFAULT
) -> None:
    """Drop a private key: it signs no more. What it signed still verifies."""
    with _keys(data) as keys:
        _print(keys.retire(key))


@contextmanager
def _keys(data: DataOption) -> Iterator[SigningKeys]:
    with refusals():
        settings = Settings.from_environment(data)
        elsewhere = settings.signing_keys or settings.signing_keys_file
        if not elsewhere and not data.is_dir():
            raise NotFound(f"there is no folder {data}: name the ledger's folder with --data.")
        yield signing_keys(settings)


def _print(ring: KeyRing) -> None:
    table = Table("name", "id", "use", "verifier key")
    table.columns[3].overflow = "fold"
    signing = [signer.verifier for signer in ring.signers]
    for key in sorted(ring.verifiers, key=lambda key: _place(key, signing)):
        use = "retired"
        if key in signing:
            use = "signs too" if signing.index(key) else "signs"
        table.add_row(key.name, key.key_id.hex(), use, str(key))
    Console(highlight=False).print(table)


def _place(key: VerifierKey, signing: list[VerifierKey]) -> int:
    return signing.index(key) if key in signing else len(signing)
