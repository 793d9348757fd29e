"""Verification of the access logs: one pass in constant memory, beside that of the events."""

from __future__ import annotations

from adapters.postgres.access_log import access_log_snapshot
from ledger.audit.inspection import Report
from ledger.audit.inspection_access import KIND, AccessInspection
from ledger.kernel.errors import Unavailable


def verify_access_log(report: Report, writer_url: str) -> None:
    """Check every entry, link and head; what cannot be read is unchecked, never passed."""
    inspection = AccessInspection(report)
    try:
        with access_log_snapshot(writer_url) as snapshot:
            for links in snapshot.pages():
                for link in links:
                    inspection.see(link)
                inspection.see_texts(links, snapshot.text_owners)
            inspection.end(snapshot.heads().items())
    except Unavailable as error:
        report[KIND].pass_over(error.detail)
