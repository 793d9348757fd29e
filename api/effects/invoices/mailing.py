"""Mailing: a letter that is sent once, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.invoices.ports import Attachment, Letter, Mail, Mailbox, MailRefused, Message
from projections.ports import Call


async def mailed(
    mail: Mail,
    call: Call,
    letter: Letter,
    mailbox: Mailbox,
    *,
    sender: str | None,
    sender_name: str,
    at_us: int,
    attachments: Sequence[Attachment] = (),
) -> str | None:
    """Send what a call asks for, and return why it was refused for good, if it was. Raises
    NotTaken."""
    message = Message(
        key=f"{call.name.id} {mailbox.address}",
        at_us=at_us,
        sender=sender or "",
        sender_name=sender_name,
        recipient=mailbox.address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=attachments,
    )
    try:
        await mail.send(message)
    except MailRefused as error:
        return error.why
    return None
