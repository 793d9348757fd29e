"""The story of a promotion: published with a code, quoted, redeemed and released, paused, ended."""

from __future__ import annotations

from tests.api.served import Served, done

PROMOTIONS = "/v1/promotions"
SPRING = {
    "name": "Spring",
    "kind": "percent",
    "bps": 1_500,
    "code": "spring15",
    "currency": "usd",
    "subtotal": "50.00",
    "budget": "2000.00",
    "redemptions_max": 500,
    "per_customer_max": 1,
    "starts_at": "2026-01-01T00:00:00Z",
}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of promotions."""
    acme = service.operator_of("acme")
    one = f"{PROMOTIONS}/spring"
    done(acme.send(one, SPRING, method="PUT"))
    done(acme.get(one))
    done(acme.get(PROMOTIONS, limit="1"))
    order = {"order": "1001", "user": "ada", "amount": "9.00", "currency": "usd"}
    done(acme.send(f"{one}/redemptions", order))
    done(acme.send(f"{one}/redemptions/1001", method="DELETE"))
    for step in ("pause", "resume", "end"):
        done(acme.send(f"{one}/{step}"))
