"""The story of a tenant: registered, listed, changed; its keys made, listed, rotated, revoked."""

from __future__ import annotations

from tests.api.served import Served, done

KEYS, ROLES = "/v1/orgs/acme/api-keys", "/v1/orgs/branch/roles"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of an org and its keys."""
    operator = service.operator
    done(operator.get("/v1/orgs", limit="2"))
    done(operator.get("/v1/orgs/acme"))
    done(operator.send("/v1/orgs/acme", {"billing_mode": "shared"}, method="PATCH"))
    done(operator.send("/v1/orgs/acme", {"billing_mode": "individual"}, method="PATCH"))
    done(operator.send("/v1/orgs", {"id": "giant", "name": "Giant", "shard": 3}))
    done(operator.send("/v1/orgs/giant/move", {"shard": 2}))
    done(operator.send("/v1/orgs", {"id": "branch", "name": "Branch", "shard": 1}))
    allowed = {"permissions": ["usage:read", "balance:read"]}
    done(operator.send(f"{ROLES}/clerk", allowed, method="PUT"))
    done(operator.get(ROLES))
    done(operator.get(f"{ROLES}/clerk"))
    done(operator.send(f"{ROLES}/clerk", method="DELETE"))
    done(operator.get(KEYS))
    issued = done(operator.send(KEYS, {"name": "gateway of ada", "role": "gateway"}))
    rotated = done(operator.send(f"{KEYS}/{issued['id']}/rotate", {"overlap": 3600}))
    done(operator.send(f"{KEYS}/{rotated['id']}", method="DELETE"))
