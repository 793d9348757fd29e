"""Permission table: every route with what it asks for, and which roles have that.

`python -m api.http.permission_table` writes `docs/permissions.md`; a test keeps the two equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fastapi.routing import APIRoute

from api.http.auth.needs import need_of
from api.http.routers import routes
from api.permissions import GRANTED, OF_ORGS
from ledger.kernel.roles import Role

PLACE = Path(__file__).parents[2] / "docs" / "permissions.md"

_HEAD = """# Permissions

What each role may do, route by route: `yes` in its whole org, `own` only what is its subject's. A
permission is given to roles by `schemas/permissions.yaml` and asked for beside the route
(`api/http/<context>/permissions.py`). `/healthz`, `/readyz`, `/docs` and `/openapi.json` ask for no
credential; what comes to `/webhooks/stripe` is signed instead. Made of both by `python -m
api.http.permission_table`.

An org makes roles of its own with `PUT /v1/orgs/{org}/roles/{name}`, of permissions of this table.
Whoever defines a role, or gives one to an API key, must have all of it themselves and with
everybody's. A change is obeyed by every process within a second. A role that a key comes with is
not removed: its key would come to life again with the next role of that name.

"""

_OF_ORGS = """
## Roles of an org's own

What they can be allowed, with `:own` only what is their subject's:

"""


class Permission(NamedTuple):
    """What a route asks for, and who has it: in the whole org, or for what is their own."""

    name: str
    roles: list[Role]
    own: list[Role]

    def __str__(self) -> str:
        own = f"; of their own also {', '.join(self.own)}" if self.own else ""
        return f"Needs the permission `{self.name}`, which have {', '.join(self.roles)}{own}."


def permission_of(route: APIRoute) -> Permission | None:
    """Return the permission that a route asks for before anything else; None: it is everyone's."""
    name = need_of(route.endpoint).permission
    if not name:
        return None
    granted = GRANTED[name]
    return Permission(name, list(granted.all), list(granted.own))


def text() -> str:
    """Return the table as it is kept."""
    lines = [_line("route", "permission", *Role), _line(*["---"] * (2 + len(Role)))]
    for name, route in routes():
        permission = permission_of(route)
        if permission is not None:
            cells = [_cell(permission, role) for role in Role]
            lines.append(_line(f"`{name}`", f"`{permission.name}`", *cells))
    allowed = ", ".join(f"`{each}`" for each in OF_ORGS)
    return _HEAD + "\n".join(lines) + "\n" + _OF_ORGS + f"{allowed}.\n"


def _cell(permission: Permission, role: Role) -> str:
    if role in permission.roles:
        return "yes"
    return "own" if role in permission.own else ""


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
