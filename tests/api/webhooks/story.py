"""The story of a webhook: added, looked at, changed; its secret rotated, calls asked for; gone."""

from __future__ import annotations

from tests.api.served import Served, done

WEBHOOKS = "/v1/webhooks"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of webhooks."""
    acme = service.operator_of("acme")
    body = {"url": "https://93.184.215.14/told", "events": ["credits.*"]}
    added = done(acme.send(WEBHOOKS, body))
    one = f"{WEBHOOKS}/{added['id']}"
    done(acme.get(WEBHOOKS))
    done(acme.get(one))
    done(acme.send(one, {**body, "events": ["*"], "enabled": True}, method="PUT"))
    done(acme.send(f"{one}/secret", {"overlap": 3600}))
    done(acme.send(f"{one}/calls", {"sequence": 1}))
    done(acme.get(f"{one}/calls", limit="2"))
    done(acme.send(one, method="DELETE"))
