"""The restored ledger: backed up while clients write to the first, and made of that elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from api.backup.backup import Made, back_up
from api.backup.restore import Restored, opened, restore_from
from api.container import Opening, owned_database
from api.settings import Settings
from ledger.proof.note import VerifierKey


class BackupUnderLoad:
    """Backs a ledger up beside its clients: from when they have half of their answers; they wait
    with the last quarter, so that the backup never has all of it."""

    def __init__(self, settings: Settings, file: Path, lines: int) -> None:
        self._settings = settings
        self._file = file
        self._lines = lines
        self._answered = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="backup")
        self._made: Future[Made] | None = None

    def on_lines(self, lines: int) -> None:
        """Take so many more lines for answered."""
        self._answered += lines
        if self._answered >= self._lines // 2 and self._made is None:
            self._made = self._thread.submit(self._make)
            self._thread.shutdown(wait=False)

    async def turn(self) -> None:
        """Give a client its turn to send more."""
        if self._made is not None and self._answered >= self._lines * 3 // 4:
            await asyncio.shield(asyncio.wrap_future(self._made))

    def made(self) -> Made:
        """Return the backup, when it is whole. Raises what kept it from that."""
        assert self._made is not None, "half of the lines were not answered"
        return self._made.result()

    def _make(self) -> Made:
        with owned_database(self._settings, Opening.READ) as logins:
            return back_up(self._settings, logins.owner, self._file, lambda *_: None)


def restored(
    file: Path, settings: Settings, keys: Sequence[VerifierKey], witness: Path
) -> Restored:
    """Make a ledger of a backup in an empty folder, and verify it with keys and a witness from
    elsewhere."""
    with opened(file, settings) as (backup, manifest):
        return restore_from(backup, manifest, settings, keys, [str(witness)], lambda *_: None, None)
