"""The texts that may name persons, as verification reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ledger.kernel.texts import Text, TextOwner


class KeptTexts(Protocol):
    """What verification reads of texts, at one moment of the store."""

    def texts(self) -> Iterable[tuple[str, Text]]:
        """Every text that was not erased."""

    def erased_texts(self) -> Iterable[tuple[str, str]]:
        """Org and digest of every text that was erased."""

    def text_owners(self, digests: Iterable[tuple[str, str]]) -> dict[tuple[str, str], TextOwner]:
        """Whose texts are those (org, digest) that have a row, erased or not."""
