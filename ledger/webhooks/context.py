"""The context of webhooks: which addresses are told of which events."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.webhooks.webhook_book import WEBHOOKS_STREAM, WebhookBook

CONTEXT = Context(
    name="webhooks",
    aggregates=(WebhookBook,),
    tables=(Table("webhook_books", key=("org",), stream=WEBHOOKS_STREAM),),
)
