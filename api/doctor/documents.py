"""The documents: made here, kept where others find them, and sent."""

from __future__ import annotations

import asyncio

from api.container import blobs, mail
from api.doctor.check import Check, look, right, wrong
from api.settings import Settings
from ledger.kernel.errors import LedgerError

_NEVER_KEPT = "doctor/never-kept"


def examine_blobs(settings: Settings) -> Check:
    """Check whether what keeps documents can be asked."""
    try:
        blobs(settings).get(_NEVER_KEPT)
    except LedgerError as error:
        return wrong(
            "blobs",
            error.detail,
            "See that TALLY_BLOBS_URL and its credentials fit: documents wait.",
        )
    if settings.blobs_url is None:
        found = f"documents are kept in {settings.data / 'blobs'}"
        return (
            right("blobs", found)
            if not settings.has_database
            else look("blobs", found, "Set TALLY_BLOBS_URL, so that every machine finds them.")
        )
    return right("blobs", settings.blobs_url)


def examine_mail(settings: Settings) -> Check:
    """Check whether mail can be handed over."""
    try:
        found = asyncio.run(mail(settings).examine())
    except LedgerError as error:
        return wrong("mail", error.detail, "See that TALLY_SMTP_URL fits: messages wait.")
    if settings.smtp_url is None and settings.has_database:
        return look("mail", found, "Set TALLY_SMTP_URL, so that payers have their invoices.")
    return right("mail", found)
