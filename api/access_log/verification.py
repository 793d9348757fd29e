"""Verification of the access logs: one pass in constant memory, beside that of the events."""

from __future__ import annotations

from api.container import access_log_snapshot
from ledger.access_log.inspection import KIND, AccessInspection, SignedLogs
from ledger.access_log.log import AccessHead
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Report
from ledger.proof.checkpoint_signatures import Signatures
from ledger.verification.evidence import SignedCheckpoints, Snapshot


def verify_access_log(report: Report, writer_url: str, signed: SignedLogs | None = None) -> None:
    """Check every entry, link and head, and what was signed of them; what cannot be read is
    unchecked, never passed."""
    inspection = AccessInspection(report, signed)
    try:
        with access_log_snapshot(writer_url) as snapshot:
            for links in snapshot.pages():
                for link in links:
                    inspection.see(link)
                inspection.see_texts(links, snapshot.text_owners)
            inspection.end(snapshot.heads().items())
    except Unavailable as error:
        report[KIND].pass_over(error.detail)


def signed_logs(
    store: Snapshot, signed_checkpoints: SignedCheckpoints, signatures: Signatures, now_us: int
) -> SignedLogs:
    """Return where access logs ended when they were last signed, by the store and by each
    witness."""
    heads: dict[str, list[tuple[AccessHead, str]]] = {}
    for org, head, holder in signed_checkpoints.access_heads():
        heads.setdefault(org, []).append((head, holder))
    for row in store.newest_logs() if signatures.keys else ():
        access = signatures.access_of(row)
        if access is not None:
            heads.setdefault(row.org, []).append((access, "the store"))
    return SignedLogs(heads, now_us if signatures.keys else None)
