"""The part of the golden story that is about webhooks: every fact of them."""

from __future__ import annotations

from api.commands.command import Command
from api.commands.webhooks.webhooks import (
    AddWebhook,
    AskForCall,
    ChangeWebhook,
    DisableWebhook,
    RemoveWebhook,
    RotateSecret,
)
from tests.scenarios.commands import ACTOR, ORG

ONE = "wh_000000000000000000000001"
TWO = "wh_000000000000000000000002"
URL = "https://example.com/told"


def webhooks() -> list[Command[object]]:
    """Two are added; one is changed, asked for and disabled, the other removed."""

    def add(key: str, webhook: str, events: list[str]) -> Command[object]:
        return AddWebhook(
            org=ORG, actor=ACTOR, key=key, sent={}, webhook=webhook, url=URL, events=events
        )

    return [
        add("first webhook", ONE, ["credits.*", "rating.RateCardPublished"]),
        add("second webhook", TWO, ["*"]),
        ChangeWebhook(
            org=ORG,
            actor=ACTOR,
            key="change webhook",
            sent={},
            webhook=ONE,
            url=f"{URL}/again",
            events=["credits.*"],
            enabled=True,
        ),
        RotateSecret(
            org=ORG, actor=ACTOR, key="rotate secret", sent={}, webhook=ONE, overlap_s=3600
        ),
        AskForCall(org=ORG, actor=ACTOR, key="ask for call", sent={}, webhook=ONE, sequence=3),
        DisableWebhook(org=ORG, actor=ACTOR, webhook=ONE, why="it answered 410."),
        RemoveWebhook(org=ORG, actor=ACTOR, key="remove webhook", sent={}, webhook=TWO),
    ]
