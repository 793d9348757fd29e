"""The outbox: a folder of messages, for where no server of mail is set; whoever develops opens
them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from adapters.files import create_file
from adapters.mail.eml import eml_of, key_hash
from ledger.invoices.ports import Message
from ledger.kernel.outside import NotTaken

_MODE = 0o600


class Outbox:
    """Messages as files, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def examine(self) -> str:
        """Return where messages are written."""
        return f"no server is set: messages are written into {self._folder}"

    async def send(self, message: Message) -> None:
        """Write a message down. Raises NotTaken or MailRefused."""
        path = self._folder / f"{key_hash(message)}.eml"
        try:
            await asyncio.to_thread(create_file, path, eml_of(message), _MODE)
        except OSError as error:
            raise NotTaken(f"the outbox cannot be written: {error.strerror}.") from error
