"""Erasures: what a person may demand: `ErasePerson`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.limits import TEXTS_PER_ERASURE_MAX
from ledger.kernel.texts import Text
from ledger.privacy.erasure import Erasure


@dataclass(frozen=True)
class ErasePerson(KeyedCommand):
    """Erase the texts of a person in an org, at most `TEXTS_PER_ERASURE_MAX` of them.

    The fact and the erasing are one transaction. `erasure` is a fresh id. `astray` are texts that
    the events say are this person's, although their rows do not.
    """

    user: str
    erasure: str
    reason: Text | None = None
    astray: Sequence[str] = ()

    operation: ClassVar[str] = "erasures"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        found = [*self.astray, *unit.texts_of(self.org, self.user, TEXTS_PER_ERASURE_MAX + 1)]
        digests = found[:TEXTS_PER_ERASURE_MAX]
        erasure = Erasure.of(
            self.org,
            self.erasure,
            unit.now(self.org),
            user=self.user,
            digests=digests,
            complete=len(found) <= TEXTS_PER_ERASURE_MAX,
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        return unit.record(erasure, self.actor, self.key)
