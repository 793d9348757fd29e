"""Evidence of orders: what speaks against a dispute of one is handed in, as a person wrote it or as
it is recorded here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from api.commands.command import Command
from api.commands.ordering.disputes import RecordOrderEvidenceTaken
from api.effects.effect import FactEffect, asking
from api.effects.ordering.stripe_orders import StripeOrders
from api.entropy import fresh_bytes
from api.one_at_a_time import OneAtATime
from ledger.kernel.canonical import canonical
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.kernel.texts import REASON, SALT_BYTES, blind
from ledger.ordering.order_disputes import OrderEvidenceSent
from ledger.ordering.order_file import texts_of
from ledger.ordering.ports import OrderFiles
from ledger.ports import RecordedEvent
from ledger.purchases.provider import Evidence
from ledger.registry import fact_of
from projections.ports import Call


class _Asked(msgspec.Struct):
    order: str
    person: str
    dispute: str
    texts: str | None
    """The digest of what a person wrote: their words are read when they are handed in."""


_asked = decoder(_Asked)
_texts = decoder(dict[str, str])


class OrderEvidence(FactEffect):
    """Hands in what speaks against disputes of orders."""

    name = "order-evidence"
    types = (OrderEvidenceSent.TOPIC,)

    def __init__(self, orders: StripeOrders, files: OrderFiles) -> None:
        self._orders = orders
        self._files = files
        self._alone = OneAtATime()

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderEvidenceSent) or fact.provider != self._orders.name:
            return []
        order = name_of(fact.originator_id)
        asked = _Asked(order, fact.person(""), fact.dispute, fact.reason)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Hand it in, and return what records that it was taken, and what it was."""
        org, asked = call.name.org, _asked(call.content)
        texts = await self._alone.do(lambda: self._look_up(org, asked))
        provider = await self._orders.provider()
        await provider.submit_evidence(asked.dispute, Evidence(texts))
        content = canonical(texts).decode()
        return RecordOrderEvidenceTaken(
            org,
            self._orders.actor,
            asked.order,
            asked.dispute,
            blind(content, REASON, asked.person, fresh_bytes(SALT_BYTES)),
            call.name.key,
        )

    def _look_up(self, org: str, asked: _Asked) -> Mapping[str, str]:
        if asked.texts is not None:
            written = self._files.text(org, asked.texts)
            if written is None:
                raise NeverTaken("its texts were erased before they were handed in.")
            return _texts(written)
        file = self._files.of(org, asked.order)
        if file is None:
            raise NotTaken("the read models have not come to its order yet.")
        return texts_of(file)
