"""The EML of a message: its bytes as mail has them (RFC 5322, MIME), always the same.

Its `Message-ID` is made of the message's key. What stands in a header is one line, whatever was in
its text: nobody adds headers by a name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from ledger.invoices.ports import RECIPIENT, SENDER, MailRefused, Message
from ledger.kernel.times import moment

_ADDRESS = re.compile(r"[^@\s<>()\[\]\\,;:\"]{1,64}@[^@\s<>()\[\]\\,;:\"]{1,255}")
_ADDRESS_MAX = 254
_LINE_MAX = 200


def eml_of(message: Message) -> bytes:
    """Return the bytes of a message. Raises MailRefused where an address is none."""
    sender, recipient = message.sender, message.recipient
    if not is_address(recipient):
        raise MailRefused("the address is not one of e-mail.", RECIPIENT)
    if not is_address(sender):
        raise MailRefused("who sends it has no address of e-mail.", SENDER)
    is_ascii = sender.isascii() and recipient.isascii()
    mail = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    mail["From"] = Address(one_line(message.sender_name), addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(moment(message.at_us).replace(microsecond=0))
    mail["Message-ID"] = f"<{key_hash(message)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    for each in message.attachments:
        kind, _, subtype = each.media_type.partition("/")
        mail.add_attachment(
            each.content, maintype=kind, subtype=subtype, filename=one_line(each.name)
        )
    for number, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        # `=_` occurs in no part: each is quoted-printable or base64.
        part.set_boundary(f"=_{key_hash(message)}_{number}")
    return mail.as_bytes()


def key_hash(message: Message) -> str:
    """Return the name of a message among all."""
    return hashlib.sha256(message.key.encode()).hexdigest()[:40]


def is_address(text: str) -> bool:
    """Tell whether a text is an address, and nothing beside."""
    return (
        _ADDRESS.fullmatch(text) is not None
        and len(text) <= _ADDRESS_MAX
        and text.isprintable()
        and "" not in text.rpartition("@")[2].split(".")
    )


def one_line(text: str) -> str:
    """Return a text as one line, without what is no letter: line ends, or what turns it around."""
    kept = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(kept.split())[:_LINE_MAX]
