"""What each role may do: permissions are `resource:action`, `:own` narrows to one's own."""

from enum import StrEnum

from ledger.kernel.errors import Forbidden


class Role(StrEnum):
    """The roles of a credential."""

    OPERATOR = "operator"
    ADMIN = "admin"
    BILLING = "billing"
    GATEWAY = "gateway"
    AUDITOR = "auditor"
    MEMBER = "member"


_READS = frozenset(
    {
        "balance:read",
        "transactions:read",
        "usage:read",
        "rate-cards:read",
        "orgs:read",
        "api-keys:read",
        "holds:read",
        "caps:read",
        "statement:read",
        "quotes:read",
    }
)
_GATEWAY = frozenset(
    {
        "usage:write",
        "holds:write",
        "balance:read",
        "holds:read",
        "rate-cards:read",
        "quotes:read",
    }
)
_BILLING = _READS | {"deposits:write", "credits:write", "reversals:write", "conversions:write"}
_ADMIN = (
    _BILLING
    | _GATEWAY
    | {
        "transfers:write",
        "adjustments:write",
        "wallets:write",
        "caps:write",
        "rate-cards:write",
        "billing-mode:write",
        "api-keys:write",
        "audit:read",
        "persons:erase",
    }
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.OPERATOR: _ADMIN | {"orgs:write", "orgs:any"},
    Role.ADMIN: _ADMIN,
    Role.BILLING: _BILLING,
    Role.GATEWAY: _GATEWAY,
    Role.AUDITOR: _READS | {"audit:read"},
    Role.MEMBER: frozenset(
        {
            "balance:read:own",
            "transactions:read:own",
            "usage:read:own",
            "statement:read:own",
            "holds:read:own",
        }
    ),
}


def allows(role: Role, permission: str) -> bool:
    """Whether a role has a permission in its whole org."""
    return permission in PERMISSIONS[role]


def allows_own(role: Role, permission: str) -> bool:
    """Whether a role has a permission at least for its own subject."""
    return permission in PERMISSIONS[role] or f"{permission}:own" in PERMISSIONS[role]


def check_may_grant(granter: Role, role: Role) -> None:
    """Nobody grants a role above their own: one whose permissions they do not all have."""
    missing = {each.removesuffix(":own") for each in PERMISSIONS[role]} - PERMISSIONS[granter]
    if missing:
        raise Forbidden(f"the role {granter} may not grant the role {role}.", field="role")
