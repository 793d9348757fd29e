"""Sealed logs on the command line: what the commands that show checkpoints and proofs share."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from api.container import Endpoints, Opening, endpoints, signing_keys
from api.queries.proof.checkpoints import SealedCheckpoint
from api.queries.reader import Reader, query_pool
from api.settings import SettingRefused, Settings
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import open_checkpoint, origin_of
from ledger.proof.note import BadNote, VerifierKey
from ledger.proof.sealing import NotAnExtension

OrgOption = Annotated[str, typer.Option("--org", help="Whose log.")]
A = TypeVar("A")


@dataclass(frozen=True)
class Sealed:
    """Where checkpoints are read, and the keys that they are checked with."""

    reader: Reader
    origin: str
    keys: tuple[VerifierKey, ...]

    def checked(self, found: SealedCheckpoint) -> SealedCheckpoint:
        """Return the same, once a key of ours has signed just that. Raises BadNote,
        NotAnExtension."""
        signed = open_checkpoint(found.note, self.keys, self.origin)
        if (signed.size, signed.root) != (found.size, found.root):
            raise NotAnExtension("the stored checkpoint is not what was signed: run tally verify.")
        return found


def ask(data: Path, org: str, question: Callable[[Sealed], Awaitable[A]]) -> tuple[Sealed, A]:
    """Return the answer to a question; a refusal is one sentence and exit code 2."""
    try:
        settings = Settings.from_environment(data)
        keys = signing_keys(settings).ring().verifiers
        origin = origin_of(settings.name, org)
        with endpoints(settings, Opening.READ) as ends:
            return asyncio.run(_ask(ends, origin, keys, question))
    except BadNote as error:
        _refused(f"{error.detail} The keys are in verifier-keys of the data folder.")
    except (LedgerError, SettingRefused) as error:
        _refused(str(error))
    raise typer.Exit(2)


def shown(sealed: Sealed, found: SealedCheckpoint) -> dict[str, Any]:
    """Return a checkpoint as the HTTP API shows it."""
    return {
        "origin": sealed.origin,
        "size": found.size,
        "root": base64.b64encode(found.root).decode(),
        "recorded_at": format_time(found.recorded_us),
        "note": found.note,
        "verifier_keys": [str(key) for key in sealed.keys],
    }


async def _ask(
    ends: Endpoints,
    origin: str,
    keys: tuple[VerifierKey, ...],
    question: Callable[[Sealed], Awaitable[A]],
) -> tuple[Sealed, A]:
    async with query_pool(ends.database.query, size=2) as pool:
        sealed = Sealed(Reader(pool), origin, keys)
        return sealed, await question(sealed)


def _refused(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True).print(Text(sentence), style="red")
