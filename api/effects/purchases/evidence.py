"""Evidence: what speaks against a dispute is handed in, as a person wrote it or as it is recorded
here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from api.commands.command import Command
from api.commands.purchases.disputes import RecordEvidenceTaken
from api.effects.effect import FactEffect, asking
from api.effects.purchases.stripe_purchases import StripePurchases
from api.entropy import fresh_bytes
from api.one_at_a_time import OneAtATime
from ledger.kernel.canonical import canonical
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.kernel.texts import REASON, SALT_BYTES, blind
from ledger.ports import RecordedEvent
from ledger.purchases.ports import PurchaseFiles
from ledger.purchases.provider import Evidence
from ledger.purchases.purchase import Purchase
from ledger.purchases.purchase_file import texts_of
from ledger.registry import fact_of
from projections.ports import Call


class _Asked(msgspec.Struct):
    purchase: str
    dispute: str
    texts: str | None
    """The digest of what a person wrote: their words are read when they are handed in."""


_asked = decoder(_Asked)
_texts = decoder(dict[str, str])


class DisputeEvidence(FactEffect):
    """Hands in what speaks against disputes."""

    name = "evidence-calls"
    types = (Purchase.DisputeEvidenceSent.TOPIC,)

    def __init__(self, purchases: StripePurchases, files: PurchaseFiles) -> None:
        self._purchases = purchases
        self._files = files
        self._alone = OneAtATime()

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, Purchase.DisputeEvidenceSent):
            return []
        asked = _Asked(name_of(fact.originator_id), fact.dispute, fact.reason)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Hand it in, and return what records that it was taken, and what it was."""
        org, asked = call.name.org, _asked(call.content)
        state = await self._purchases.look_up(lambda states: states.of(org, asked.purchase))
        if state is None or state.provider != self._purchases.name:
            return None
        texts = await self._alone.do(lambda: self._look_up(org, asked))
        provider = await self._purchases.provider()
        await provider.submit_evidence(asked.dispute, Evidence(texts))
        content = canonical(texts).decode()
        return RecordEvidenceTaken(
            org,
            self._purchases.actor,
            asked.purchase,
            asked.dispute,
            blind(content, REASON, state.owner, fresh_bytes(SALT_BYTES)),
            call.name.key,
        )

    def _look_up(self, org: str, asked: _Asked) -> Mapping[str, str]:
        if asked.texts is not None:
            written = self._files.text(org, asked.texts)
            if written is None:
                raise NeverTaken("its texts were erased before they were handed in.")
            return _texts(written)
        file = self._files.of(org, asked.purchase)
        if file is None:
            raise NotTaken("the read models have not come to its payment yet.")
        return texts_of(file)
