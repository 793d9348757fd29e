"""The worked example of `schemas/access-log.md`, and the hex that stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.access_log.log import DOMAIN_TAG, AccessLink, Refused, extend_log
from ledger.kernel.chain import GENESIS, Head

PAGE = Path(__file__).parents[2] / "schemas" / "access-log.md"
BEGIN, END = "<!-- example -->\n", "<!-- end of example -->\n"
NAMES = ("org", "sequence", *Refused._fields[1:])
_AT = 1_769_947_200_000_000
ENTRIES = [
    Refused(
        org="acme",
        recorded_us=_AT + 1_000_000,
        first_us=_AT,
        last_us=_AT,
        times=1,
        code="forbidden",
        detail="the role gateway may not deposits:write.",
        method="POST",
        path="/v1/billing/deposits",
        subject="ada",
        key_id="key-1",
        request_id="request-1",
        origin="l2c4XIjJdEV7-B9xWXMMkmZjH5mLp4ByEBsJtMtWsuA",
    ),
    Refused(
        org="acme",
        recorded_us=_AT + 3_000_000,
        first_us=_AT + 2_000_000,
        last_us=_AT + 2_900_000,
        times=41,
        code="unauthenticated",
        detail="this API key is not ours, or was revoked.",
        method="GET",
        path="/v1/billing/balance",
        subject="",
        key_id="key-2",
        request_id="request-2",
        origin="",
    ),
]


def links() -> list[AccessLink]:
    """The example's entries, chained."""
    heads: dict[str, Head] = {}
    return extend_log(heads, ENTRIES)


def page_part() -> str:
    """The example as it stands on the page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    previous = GENESIS
    for entry, sequence, digest in links():
        values = [str(value) for value in (entry.org, sequence, *entry[1:])]
        yield f"Entry {sequence}:\n\n```\n{'tag':<16}{DOMAIN_TAG.hex()}\n"
        for name, value in zip(NAMES, values, strict=True):
            data = value.encode()
            yield f"{name:<16}{len(data):08x} {data.hex()}".rstrip() + "\n"
        yield f"{'previous hash':<16}{previous.hex()}\n"
        yield f"{'SHA-256':<16}{digest.hex()}\n```\n\n"
        pairs = zip(NAMES, values, strict=True)
        yield "In text: " + ", ".join(f"{name} `{text}`" for name, text in pairs if text) + ".\n\n"
        previous = digest


def write() -> None:
    """Put the example on the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{page_part()}{END}{after}", "utf-8")


if __name__ == "__main__":
    write()
