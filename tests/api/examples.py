"""Examples of answers: what a service answers at each route, in the stories of the contexts.

`python -m tests.api.examples` writes them anew, and the contract that shows them.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from adapters.clickhouse import tables as clickhouse
from adapters.embedded import Engines
from adapters.embedded.stripe_sandbox.server import served as sandbox_served
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from api.container import Endpoints, stripe_given
from api.http import openapi
from api.http.openapi import EXAMPLES
from api.http.routers import routes
from api.settings import Settings
from ledger.stored_value.gift_card_code import CODE_PATTERN, RANDOM_BYTES, code_of

from .access import story as access_story
from .appointments import story as appointments_story
from .audit_trail import story as audit_story
from .carts import story as carts_story
from .catalogue import story as catalogue_story
from .contract import route_of
from .credits import story as credits_story
from .customers import story as customers_story
from .fulfilment import story as fulfilment_story
from .http import story as service_story
from .internal_transfers import story as internal_transfers_story
from .inventory import story as inventory_story
from .invoices import story as invoices_story
from .ordering import story as ordering_story
from .pricing import story as pricing_story
from .privacy import story as privacy_story
from .promotions import story as promotions_story
from .proof import story as proof_story
from .purchases import story as purchases_story
from .rating import story as rating_story
from .returns import story as returns_story
from .served import OPERATOR_KEY, Served, served
from .stored_value import story as stored_value_story
from .subscriptions import story as subscriptions_story
from .tenancy import story as tenancy_story
from .webhooks import story as webhooks_story

STORIES = (
    credits_story,
    tenancy_story,
    rating_story,
    webhooks_story,
    catalogue_story,
    access_story,
    appointments_story,
    purchases_story,
    subscriptions_story,
    invoices_story,
    pricing_story,
    promotions_story,
    carts_story,
    ordering_story,
    customers_story,
    fulfilment_story,
    returns_story,
    inventory_story,
    stored_value_story,
    proof_story,
    audit_story,
    privacy_story,
    service_story,
    internal_transfers_story,  # last: it changes no number of another
)
Examples = dict[str, dict[str, Any]]
"""By context, and there by method and path."""

_OWN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=recorded-us )\d+)"
    r"|(?P<month>\b20\d\d-\d\d\b(-\d\d\b)?)"
    r"|(?P<uuid>\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|(?P<hash>\b[0-9a-f]{64}\b)|(?P<id>\b[a-z]+_[0-9a-f]{24}\b)"
    r"|(?P<event>\bevt_\w+)|(?P<slot>\bcoach\.\d{16}\b)"
    r"|(?P<key>\+[0-9a-f]{8}\+[\w+/]{44}$)|(?P<signed>(?<![\w+/])[\w+/]{43,}=+)"
)
"""What no two runs have alike."""

_SHOWN_METRIC = " tally_http_requests_total "
"""Of the metrics only the lines that say what this one is: others may come."""

_SECRET = re.compile(r"(tally_live_|tally_guest_|whsec_|\border_(?=[\w-]{43}\b))[\w+/=-]+")
_GIFT_CARD = re.compile(CODE_PATTERN)
_ANY_GIFT_CARD = code_of(bytes(RANDOM_BYTES))


@contextmanager
def example_service(ends: Endpoints, data: Path) -> Iterator[Served]:
    """The service of the examples: what its ledger is called, where its keys are, and a provider of
    payments that moves no money."""
    with sandbox_served(data / "stripe") as access:
        settings = Settings(
            data=data,
            operator_key=OPERATOR_KEY,
            name="ledger.example",
            stripe_key=access.api_key,
            stripe_webhook_secrets=(access.webhook_secret,),
            stripe_url=access.url(),
        )
        with served(replace(ends, stripe=stripe_given(settings)), settings=settings) as service:
            yield service


def told(service: Served) -> Examples:
    """The first success at each route, in each form, while the stories are told."""
    found: dict[str, Any] = {}

    def note(response: httpx.Response) -> None:
        name = route_of(response.request)
        if response.is_success and name is not None:
            response.read()
            media_type = response.headers["content-type"].partition(";")[0]
            is_json = media_type == "application/json"
            found.setdefault(name if is_json else f"{name} {media_type}", _shown(response))

    service.http.event_hooks["response"].append(note)
    for story in STORIES:
        story.tell(service)
    by_context: Examples = {}
    contexts = {name: route.endpoint.__module__.split(".")[2] for name, route in routes()}
    for name, example in found.items():
        context = contexts[" ".join(name.split()[:2])]
        by_context.setdefault(context, {})[name] = example
    return by_context


def _shown(response: httpx.Response) -> Any:
    """An answer as it is shown: of an archive the names of its files, of a document how it begins,
    of what is counted one counter, and no secret."""
    match response.headers["content-type"].partition(";")[0]:
        case "application/json":
            text = _SECRET.sub(rf"\g<1>{'0' * 43}", response.text)
            return json.loads(_GIFT_CARD.sub(_ANY_GIFT_CARD, text))
        case "application/gzip":
            with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
                return "\n".join(archive.getnames())
        case "application/pdf":
            return response.content.partition(b"\n")[0].decode()
        case "application/xml":
            return response.text.partition("<rsm:ExchangedDocument>")[0]
    if response.request.url.path == "/metrics":
        return "".join(line for line in response.text.splitlines(True) if _SHOWN_METRIC in line)
    return response.text


def kept() -> Examples:
    """The examples of the contract."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in EXAMPLES.glob("*.json")}


def keep(examples: Examples) -> None:
    """Make them the examples of the contract."""
    EXAMPLES.mkdir(exist_ok=True)
    for context, of_context in examples.items():
        text = json.dumps(of_context, indent=2, ensure_ascii=False) + "\n"
        (EXAMPLES / f"{context}.json").write_text(text, "utf-8")


def without_own(value: Any, name: str = "") -> Any:
    """What every run has alike."""
    if isinstance(value, dict):
        return {each: without_own(member, each) for each, member in value.items()}
    if isinstance(value, list):
        return [without_own(each) for each in value]
    if value is not None and (
        name in ("next_cursor", "body_bytes")
        or name.endswith(("_us", "out_url", "up_url", "tal_url", "load_url"))
    ):
        return f"({name})"
    if isinstance(value, str):
        return _OWN.sub(lambda match: f"({match.lastgroup})", value)
    return value


def main() -> None:
    """Write the examples, and the contract with them."""
    with TemporaryDirectory() as folder, Engines(Path(folder) / "engines") as engines:
        urls = engines.urls()
        migrate(str(urls.database_url))
        clickhouse.migrate(str(urls.clickhouse_url))
        ends = Endpoints(log_in(str(urls.database_url)), str(urls.clickhouse_url))
        with example_service(ends, Path(folder)) as service:
            keep(told(service))
    openapi.document.cache_clear()
    openapi.PLACE.write_text(openapi.text(), "utf-8")


if __name__ == "__main__":
    main()
