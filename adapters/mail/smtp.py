"""SMTP: mail is handed to a server.

What a server says of the recipient or of the message for good (5xx) is final. All else, a server
that is away or that does not know us included, may be mended: the message is sent again later.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from adapters.mail.eml import eml_of
from ledger.invoices.ports import MailRefused, Message
from ledger.kernel.outside import NotTaken

PATIENCE_S = 60.0
_TOLD_MAX = 200


class SmtpServer(NamedTuple):
    """Where mail is handed over. `sender`: in whose name, if not in that of who writes."""

    host: str
    port: int
    is_tls: bool
    user: str | None
    password: str | None
    sender: str | None


def smtp_server(url: str) -> SmtpServer:
    """Return the server of `smtp[s]://[user:password@]host[:port][?from=address]`, as settings have
    checked it."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return SmtpServer(
        parts.hostname or "",
        parts.port or (465 if is_tls else 587 if parts.username else 25),
        is_tls,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        parse_qs(parts.query).get("from", [None])[0],
    )


class SmtpMail:
    """Mail by way of a server. A password is told to nobody without TLS."""

    def __init__(self, server: SmtpServer, patience_s: float = PATIENCE_S) -> None:
        self._server = server
        self._patience_s = patience_s

    async def send(self, message: Message) -> None:
        """Hand a message over. Raises NotTaken or MailRefused."""
        message = message._replace(sender=self._server.sender or message.sender)
        content = eml_of(message)
        try:
            async with asyncio.timeout(self._patience_s), self._client() as client:
                is_ascii = f"{message.sender}{message.recipient}".isascii()
                options = [] if is_ascii else ["SMTPUTF8"]
                await client.sendmail(
                    message.sender, [message.recipient], content, mail_options=options
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused("the recipient", error.recipients[0]) from error
        except aiosmtplib.SMTPDataError as error:
            raise _refused("the message", error) from error
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"the server of mail answered {_told(error)}") from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotTaken(
                f"the server of mail does not take it: {type(error).__name__}."
            ) from error

    async def examine(self) -> str:
        """Return what the server says of itself, once it has let us in. Raises NotTaken."""
        try:
            async with asyncio.timeout(self._patience_s), self._client() as client:
                is_hidden = client.get_transport_info("ssl_object") is not None
                return f"{self._server.host}, {'by TLS' if is_hidden else 'without TLS'}"
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"the server of mail answered {_told(error)}") from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotTaken(
                f"the server of mail does not answer: {type(error).__name__}."
            ) from error

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        must_start_tls = server.user is not None and not server.is_tls
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.is_tls,
            start_tls=True if must_start_tls else None,
            timeout=self._patience_s,
        )


def _refused(what: str, error: aiosmtplib.SMTPResponseException) -> NotTaken | MailRefused:
    told = f"{what} was refused: {_told(error)}"
    return MailRefused(told, str(error.code)) if 500 <= error.code < 600 else NotTaken(told)


def _told(error: aiosmtplib.SMTPResponseException) -> str:
    text = " ".join(str(error.message).split())
    shown = "".join(each if each.isprintable() else "?" for each in text)[:_TOLD_MAX]
    return f"{error.code} {shown}"
