"""Sealing what a command has written itself: it may be that no service runs which does."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.text import Text

from api.container import DatabaseUrls, signing_keys
from api.sealing.process import Sealing
from api.settings import Settings
from ledger.kernel.errors import LedgerError
from ledger.proof.key_ring import KeysUnusable

UNSEALED = "What was written is not signed yet"


def seal_written(settings: Settings, database: DatabaseUrls) -> None:
    """Sign it and take it to the witnesses, or say that nobody has.

    Where another process seals, it does so within a second. Keys are never made here: a command
    may run where those of the ledger are not.
    """
    try:
        if not signing_keys(settings).ring().signers:
            raise KeysUnusable("there is no signing key here.")
        sealing = Sealing(settings, database, threading.Event())
        if sealing.once() and sealing.refused:
            raise KeysUnusable(f"not sealed any further: {', '.join(sealing.refused)}.")
    except LedgerError as error:
        sentence = f"{UNSEALED}: {error.detail} Start the service, or run `tally seal --once`."
        Console(stderr=True, soft_wrap=True).print(Text(sentence), style="yellow")
