"""The options of verification: what a caller asks for."""

from __future__ import annotations

from dataclasses import dataclass

from api.container import Archives
from api.verification.plan import Only
from api.verification.verified_state import KeptState
from ledger.invoices.ports import Blobs
from ledger.proof.note import VerifierKey


@dataclass(frozen=True)
class Options:
    """Everything, by default.

    `org`: only this one. `since_sequence` (with `org`) or `since_us`: from the newest signed
    checkpoint at or before there. `jobs`: processes, each with a part of the work. `keys`: whose
    signatures count, and `ledger` the name in the origins. `witnesses`: URLs and folders.
    `notes`: single signed notes, each with what it is called. `archives`: where the events are that
    were taken out of the store. `kept_state`: where a clean run over everything leaves what it
    remembers; `since_last`: begin there. `restored_us`: the store is what it was at that moment and
    judged as of then; what witnesses have beyond its end is lost, and listed apart. `blobs`: where
    documents are kept.
    """

    org: str | None = None
    since_sequence: int | None = None
    since_us: int | None = None
    only: Only = Only.ALL
    jobs: int = 1
    ledger: str = "tallystick"
    keys: tuple[VerifierKey, ...] = ()
    witnesses: tuple[str, ...] = ()
    notes: tuple[tuple[str, bytes], ...] = ()
    archives: Archives | None = None
    kept_state: KeptState | None = None
    since_last: bool = False
    restored_us: int | None = None
    blobs: Blobs | None = None

    @property
    def is_since(self) -> bool:
        """Whether it begins at a checkpoint."""
        return self.since_sequence is not None or self.since_us is not None

    @property
    def is_part(self) -> bool:
        """Whether some events are looked at without the others."""
        return self.org is not None or self.is_since or self.since_last

    @property
    def is_everything(self) -> bool:
        """Whether one process looks at everything, or at all that came since it did."""
        return self.only is Only.ALL and self.org is None and not self.is_since and self.jobs == 1
