"""Checks of the access logs: hashes, gaps, ends, and that the texts they name have rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.access_log.log import NOBODY, AccessHead, AccessLink, access_hash
from ledger.kernel.chain import EMPTY, GENESIS, Head
from ledger.kernel.limits import FRESH_US
from ledger.kernel.report import Place, Report
from ledger.kernel.texts import ORIGIN, TextOwner
from ledger.privacy.inspection import Stored, compare_owners

KIND = "access"

Owners = Callable[[Iterable[tuple[str, str]]], Stored]
"""Returns whose each of some texts (org, digest) is that has a row, erased or not."""


@dataclass(frozen=True)
class SignedLogs:
    """Where access logs ended when checkpoints were signed, and who holds each, by org.

    `now_us`: when it was looked for what was signed; None: nobody signs here.
    """

    heads: Mapping[str, Sequence[tuple[AccessHead, str]]] = field(default_factory=dict)
    now_us: int | None = None


class AccessInspection:
    """Sees every entry in the order of orgs and sequences.

    As for events, it goes on with what is stored after a wrong row: one wrong row is one finding.
    """

    def __init__(self, report: Report, signed: SignedLogs | None = None) -> None:
        self._check = report[KIND]
        self._signed = signed or SignedLogs()
        self._unsigned: dict[str, AccessLink] = {}
        self._heads: dict[str, Head] = {}
        self._previous: tuple[bytes, ...] = (GENESIS,)

    def see(self, link: AccessLink) -> None:
        """Check an entry."""
        self._check.checked += 1
        org = link.entry.org
        head = self._heads.get(org)
        if head is None:
            head, self._previous = EMPTY, (GENESIS,)
        problem = _order_problem(link, head)
        hashes = tuple(access_hash(link.entry, link.sequence, each) for each in self._previous)
        if problem is None and link.hash not in hashes:
            problem = "the stored fields do not give the stored hash"
        if problem is not None:
            self._check.find(_place(org, link.sequence), problem)
        sound = link.hash in hashes
        self._previous = (link.hash,) if sound else (link.hash, *hashes)
        self._heads[org] = Head(link.sequence, link.hash, link.entry.recorded_us)
        self._see_signed(link)

    def see_texts(self, links: Iterable[AccessLink], owners: Owners) -> None:
        """Check that the texts of some entries have rows, and whose they are."""
        named = {
            (entry.org, entry.origin): (sequence, TextOwner(ORIGIN, entry.subject or NOBODY))
            for entry, sequence, _ in links
            if entry.origin
        }
        compare_owners(self._check, named, owners(named), "access log:")

    def _see_signed(self, link: AccessLink) -> None:
        """An entry is the one that was signed, or it comes after all that was."""
        heads = self._signed.heads.get(link.entry.org, ())
        for head, holder in heads:
            if head.sequence == link.sequence and head.hash != link.hash:
                detail = f"the log up to here is not the one that was signed ({holder})"
                self._check.find(_place(link.entry.org, link.sequence), detail)
        if all(head.sequence < link.sequence for head, _ in heads):
            self._unsigned.setdefault(link.entry.org, link)

    def _see_end(self, org: str, last: Head) -> None:
        """A log reaches as far as it was signed, and old entries have a signature."""
        for head, holder in self._signed.heads.get(org, ()):
            if head.sequence > last.sequence:
                detail = f"the log ends here, it was signed up to {head.sequence} ({holder})"
                self._check.find(_place(org, last.sequence), detail)
        first, now_us = self._unsigned.get(org), self._signed.now_us
        if first is None or now_us is None:
            return
        if first.entry.recorded_us < now_us - FRESH_US:
            self._check.pass_over(
                f"the access log of {org} has no signature from sequence {first.sequence} on: is "
                "`tally seal` running?",
                last.sequence - first.sequence + 1,
            )

    def end(self, heads: Iterable[tuple[str, Head]]) -> None:
        """Compare where the logs end with their heads, and with what was signed of them."""
        stored = dict(heads)
        for org in sorted({*self._heads, *stored, *self._signed.heads}):
            last, head = self._heads.get(org, EMPTY), stored.get(org, EMPTY)
            self._check.checked += 1
            self._see_end(org, last)
            if last != head:
                self._check.find(
                    _place(org, last.sequence),
                    f"the log ends here, its head says sequence {head.sequence} "
                    f"and hash {head.hash.hex()[:16]}…",
                )


def _order_problem(link: AccessLink, head: Head) -> str | None:
    if link.sequence != head.sequence + 1:
        return f"stands where sequence {head.sequence + 1} belongs: rows are missing or doubled"
    if link.entry.recorded_us < head.recorded_us:
        return "recorded before the entry that precedes it"
    return None


def _place(org: str, sequence: int) -> Place:
    return Place(org, sequence, row="access log")
