"""Requests that were refused, as the access log has them."""

from __future__ import annotations

from api.http.answers import Answer, Hash, Time
from api.http.audit_trail.answers import OriginAnswer, origin_answer
from ledger.access_log.log import AccessLink
from ledger.kernel.times import format_time


class RefusalAnswer(Answer):
    """Requests that were refused alike within a second, `times` of them."""

    sequence: int
    hash: Hash
    recorded_at: Time
    first_at: Time
    last_at: Time
    times: int
    code: str
    detail: str
    method: str | None
    path: str | None
    subject: str | None
    key_id: str | None
    request_id: str | None
    origin: OriginAnswer | None


def refusal_answer(link: AccessLink, texts: dict[str, str]) -> RefusalAnswer:
    """Return an entry of the log; `texts`: where callers were, by digest."""
    entry = link.entry
    return RefusalAnswer(
        sequence=link.sequence,
        hash=link.hash.hex(),
        recorded_at=format_time(entry.recorded_us),
        first_at=format_time(entry.first_us),
        last_at=format_time(entry.last_us),
        times=entry.times,
        code=entry.code,
        detail=entry.detail,
        method=entry.method or None,
        path=entry.path or None,
        subject=entry.subject or None,
        key_id=entry.key_id or None,
        request_id=entry.request_id or None,
        origin=origin_answer(entry.origin or None, texts),
    )
