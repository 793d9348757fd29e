"""Documents: what makes, keeps and sends them, loaded by who does."""

from __future__ import annotations

from functools import cache

from api.settings import SettingRefused, Settings
from ledger.invoices.ports import Blobs, Documents, Mail
from ledger.subscriptions.ports import Reminders


@cache
def documents() -> Documents:
    """Return what makes documents, which is loaded with the first."""
    from adapters.documents.pdf import TypstDocuments  # noqa: PLC0415  # slow to load

    return TypstDocuments()


@cache
def reminders() -> Reminders:
    """Return what writes reminders, which is loaded with the first."""
    from adapters.documents.reminders import MailedReminders  # noqa: PLC0415  # slow to load

    return MailedReminders()


def blobs(settings: Settings) -> Blobs:
    """Return where documents are kept. Raises SettingRefused."""
    from adapters.blobs import blobs_at  # noqa: PLC0415  # only who keeps or shows them needs it

    try:
        return blobs_at(settings.blobs_url or str(settings.data / "blobs"))
    except ValueError as error:
        raise SettingRefused(f"TALLY_BLOBS_URL: {error}.") from None


def mail(settings: Settings) -> Mail:
    """Return what sends mail: the server that is set, or a folder that a person can open."""
    if settings.smtp_url is None:
        from adapters.mail.outbox import Outbox  # noqa: PLC0415  # the one or the other

        return Outbox(settings.data / "outbox")
    from adapters.mail.smtp import SmtpMail, smtp_server  # noqa: PLC0415

    return SmtpMail(smtp_server(settings.smtp_url))
