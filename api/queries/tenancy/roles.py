"""Reads of the roles that an org has made for itself."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader
from api.queries.tenancy.excerpt import appended
from ledger.kernel.decoding import decoder
from ledger.kernel.roles import ROLES_STREAM, text_of


class _Changed(msgspec.Struct):
    """What the last event says of all roles."""

    roles: dict[str, list[str]]


_decode_event = decoder(_Changed)
_decode = decoder(dict[str, list[str]])


async def role_book_text(reader: Reader, org: str) -> str:
    """Return an org's roles as the directory keeps them."""
    row = await reader.row(org, "tenancy/role_book", {"org": org})
    return "{}" if row is None else str(row["roles"])


async def roles_of(reader: Reader, org: str) -> dict[str, list[str]]:
    """Return an org's roles: name → what it may do."""
    return _decode(await role_book_text(reader, org))


async def confirmed_roles(reader: Reader, org: str) -> dict[str, list[str]] | None:
    """Return an org's roles, as the directory and the last event of them say alike; None where
    somebody has changed one of the two."""
    text = await role_book_text(reader, org)
    while True:
        last = await appended(reader, org, ROLES_STREAM, newest=1)
        told = _decode_event(last[0].body).roles if last else {}
        if text_of(told) == text:
            return told
        before, text = text, await role_book_text(reader, org)
        if before == text:  # else it was changed meanwhile
            return None


async def holders_of(reader: Reader, org: str, name: str, now_us: int) -> list[str]:
    """Return the ids of API keys that come with a role and open something, a few of them."""
    asked = {"org": org, "role": name, "now_us": now_us}
    return [row["id"] for row in await reader.rows(org, "tenancy/role_holders", asked)]
