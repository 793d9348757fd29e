"""The worked example of `schemas/chain.md`, and the hex that stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from api.commands.tenancy.api_keys import IssueApiKey
from api.permissions import PERMISSIONS
from ledger.kernel.chain import DOMAIN_TAG, GENESIS
from ledger.kernel.roles import Role
from ledger.ports import RecordedEvent
from ledger.tenancy.api_key import hash_of
from tests.scenarios.commands import ACTOR, ORG, register
from tests.scenarios.world import World

PAGE = Path(__file__).parents[2] / "schemas" / "chain.md"
BEGIN, END = "<!-- example -->\n", "<!-- end of example -->\n"
NAMES = (
    "org",
    "sequence",
    "stream",
    "version",
    "type",
    "recorded_us",
    "actor",
    "idempotency_key",
    "body",
)
ISSUE = IssueApiKey(
    org=ORG,
    actor=ACTOR,
    key="a key for the gateway",
    sent={"name": "gateway", "role": "gateway"},
    key_id="key-2",
    name="gateway",
    role=Role.GATEWAY,
    granter=PERMISSIONS[Role.OPERATOR],
    secret_hash=hash_of("tally_live_example"),
)


def events() -> list[RecordedEvent]:
    """The first two events of an org's chain, as the service recorded them."""
    return World().given(register(), ISSUE).event_store.events_after(ORG, 0)


def fields_of(event: RecordedEvent) -> list[bytes]:
    """The nine fields as bytes."""
    return [each if isinstance(each, bytes) else str(each).encode() for each in event[1:10]]


def page_part() -> str:
    """The example as it stands on the page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    previous = GENESIS
    for event in events():
        yield f"Event {event.sequence}:\n\n```\n"
        yield f"{'tag':<16}{DOMAIN_TAG.hex()}\n"
        for name, value in zip(NAMES, fields_of(event), strict=True):
            yield f"{name:<16}{len(value):08x} {value.hex()}".rstrip() + "\n"
        yield f"{'previous hash':<16}{previous.hex()}\n"
        yield f"{'SHA-256':<16}{event.hash.hex()}\n```\n\n"
        texts = (value.decode() for value in fields_of(event))
        pairs = zip(NAMES, texts, strict=True)
        yield "In text: " + ", ".join(f"{name} `{text}`" for name, text in pairs if text) + ".\n\n"
        previous = event.hash


def write() -> None:
    """Put the example on the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{page_part()}{END}{after}", "utf-8")


if __name__ == "__main__":
    write()
