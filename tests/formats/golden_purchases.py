"""The part of the golden story that is about purchases: every fact of them."""

from __future__ import annotations

from api.commands.command import Command
from tests.scenarios.commands import ORG
from tests.scenarios.purchase_commands import publish_offers


def purchases() -> list[Command[object]]:
    """Offers are published."""
    return [
        publish_offers(90, (2_000, 500), key="offers", org=ORG),
        publish_offers(key="yen", currency="jpy"),
    ]
