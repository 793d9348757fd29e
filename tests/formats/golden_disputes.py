"""The part of the golden story that is about disputes of orders, and what speaks against them."""

from __future__ import annotations

from api.commands.ordering.disputes import RecordOrderEvidenceTaken, SendOrderEvidence
from ledger.kernel.texts import REASON, SALT_BYTES, blind
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from tests.formats.story_of_credits import Step
from tests.scenarios.commands import ACTOR, ORG, USER
from tests.scenarios.order_commands import CARD, order_id, paid, place, terms, told


def groups_of_disputes() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    texts = blind('{"product":"a film"}', REASON, USER, bytes(SALT_BYTES))
    sent = SendOrderEvidence(
        org=ORG,
        actor=ACTOR,
        key="evidence of an order",
        sent={"id": "dp_1"},
        order=order_id(60),
        dispute="dp_1",
        evidence=texts,
    )
    money = Money(500, "usd")
    opened = DisputeChanged(
        "dp_1", "pi_60", money, "fraudulent", DisputeState.OPEN, 1_790_000_000_000_000
    )
    return [
        (
            "2026-07-05T00:00:00Z",
            [
                *(place(60, terms(("FILM", 1, 500)), method=CARD), paid(60, 500)),
                *(told(60, opened), sent),
                RecordOrderEvidenceTaken(ORG, ACTOR, order_id(60), "dp_1", texts, "60"),
            ],
        )
    ]
