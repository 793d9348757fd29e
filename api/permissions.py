"""The permissions: which role may do what, from `schemas/permissions.yaml`, the one table.

A permission is `resource:action`, as `usage:read`; who has only `usage:read:own` may do it with
what is their subject's.
"""

from __future__ import annotations

from importlib.resources import files

import msgspec

from ledger.kernel.errors import Forbidden
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


def may(held: Permissions, permission: str) -> bool:
    """Tell whether who holds these may do something in their whole org."""
    return permission in held


def may_own(held: Permissions, permission: str) -> bool:
    """Tell whether who holds these may do something at least with their own."""
    return permission in held or permission + _OWN in held


def check_may_grant(granter: Role, role: Role) -> None:
    """Refuse to grant a role above one's own: one whose permissions they do not all have."""
    if {each.removesuffix(_OWN) for each in PERMISSIONS[role]} - PERMISSIONS[granter]:
        raise Forbidden(f"the role {granter} may not grant the role {role}.", field="role")
