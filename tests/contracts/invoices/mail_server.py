"""A server of mail of the tests' own: aiosmtpd, which refuses whom it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """What came, and to whom what is answered: `recipients` and `data` by the address."""

    def __init__(self) -> None:
        self.came: list[bytes] = []
        self.recipients: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.url = ""

    @property
    def messages(self) -> list[EmailMessage]:
        """What came, read."""
        read = [message_from_bytes(each, policy=policy.default) for each in self.came]
        return [each for each in read if isinstance(each, EmailMessage)]

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.data.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("250"):
            self.came.append(envelope.original_content)
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Give a running one."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # it looks for itself at the port that it was given: not 0
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server.url = f"smtp://127.0.0.1:{port}"
        yield server
    finally:
        controller.stop()
