"""Role permissions: what each role may do, as contexts declare it: `resource:action`, `:own`
narrows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.contexts import CONTEXTS
from ledger.kernel.context import Context
from ledger.kernel.errors import Forbidden
from ledger.kernel.roles import ADMINS, Role

AUDIT = {"audit:read": ADMINS | {Role.AUDITOR}}
"""The one of no context: to read what is recorded as it is recorded, whatever it is about."""


def permissions_of(contexts: Iterable[Context]) -> dict[str, frozenset[Role]]:
    """Return whom each permission is given to. Raises ValueError where two contexts declare the
    same."""
    found: dict[str, frozenset[Role]] = {**AUDIT}
    for context in contexts:
        twice = found.keys() & context.permissions.keys()
        if twice:
            raise ValueError(
                f"the context {context.name} declares {', '.join(sorted(twice))}, as another does."
            )
        found.update(context.permissions)
    return found


def _by_role(declared: Mapping[str, frozenset[Role]]) -> dict[Role, frozenset[str]]:
    return {
        role: frozenset(name for name, roles in declared.items() if role in roles) for role in Role
    }


DECLARED = permissions_of(CONTEXTS)
"""Permission → the roles that have it."""

PERMISSIONS = _by_role(DECLARED)
"""Role → what it may do."""


def allows(role: Role, permission: str) -> bool:
    """Tell whether a role has a permission in its whole org."""
    return permission in PERMISSIONS[role]


def allows_own(role: Role, permission: str) -> bool:
    """Tell whether a role has a permission at least for its own subject."""
    return permission in PERMISSIONS[role] or f"{permission}:own" in PERMISSIONS[role]


def check_may_grant(granter: Role, role: Role) -> None:
    """Refuse to grant a role above one's own: one whose permissions they do not all have."""
    missing = {each.removesuffix(":own") for each in PERMISSIONS[role]} - PERMISSIONS[granter]
    if missing:
        raise Forbidden(f"the role {granter} may not grant the role {role}.", field="role")
