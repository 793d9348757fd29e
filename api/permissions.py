"""The permissions: which role may do what, from `schemas/permissions.yaml`, the one table.

A permission is `resource:action`, as `usage:read`; who has only `usage:read:own` may do it with
what is their subject's.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import msgspec

from ledger.kernel.errors import Forbidden, Invalid
from ledger.kernel.roles import Role

Permissions = frozenset[str]
"""What a credential may do."""

TABLE = files("schemas") / "permissions.yaml"
_OWN = ":own"


class Granted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who may do something: in their whole org, or with what is their own."""

    all: tuple[Role, ...]
    own: tuple[Role, ...] = ()


def read(table: bytes) -> dict[str, Granted]:
    """Return what a table says, by permission."""
    resources = msgspec.yaml.decode(table, type=dict[str, dict[str, Granted]])
    return {
        f"{resource}:{action}": granted
        for resource, actions in resources.items()
        for action, granted in actions.items()
    }


GRANTED = read(TABLE.read_bytes())
"""Permission → who has it."""

PERMISSIONS: dict[str, Permissions] = {
    role: frozenset(
        [name for name, granted in GRANTED.items() if role in granted.all]
        + [name + _OWN for name, granted in GRANTED.items() if role in granted.own]
    )
    for role in Role
}
"""Role → what it may do."""

OF_ORGS = sorted(
    each
    for name, granted in GRANTED.items()
    if Role.ADMIN in granted.all
    for each in ([name, name + _OWN] if granted.own else [name])
)
"""What an org may let a role of its own do: what its admin may, and to one's own where that is
something that handlers narrow."""


def of_own(permission: str) -> str:
    """Return the same permission, with what is one's own only."""
    return permission + _OWN


def is_narrow(held: Iterable[str]) -> bool:
    """Tell whether some of these are about one's own: who holds them must be somebody."""
    return any(each.endswith(_OWN) for each in held)


def check_permissions(named: object, field: str) -> list[str]:
    """Return what a role of an org's own is to do, in order and each once."""
    if not isinstance(named, list):
        raise Invalid(f"{field} must be a list of permissions.", field=field)
    for place, each in enumerate(named):
        if not isinstance(each, str) or each not in OF_ORGS:
            raise Invalid(
                f"{field}.{place} is nothing that a role of an org's own can be allowed: "
                "docs/permissions.md lists what is.",
                field=f"{field}.{place}",
            )
    return sorted({each for each in named if each.removesuffix(_OWN) not in {*named} - {each}})


def check_may_grant(granter: Permissions, granted: Iterable[str], field: str = "role") -> None:
    """Refuse to grant what the granter may not do with everybody's."""
    beyond = {each.removesuffix(_OWN) for each in granted} - granter
    if beyond:
        raise Forbidden(
            f"nobody grants more than they may do themselves: you may not {min(beyond)}.",
            field=field,
        )
