"""The story of a rate card: a version is planned and withdrawn, read again, and quoted from."""

from __future__ import annotations

from tests.api.served import Served, done

CARDS = "/v1/billing/rate-cards"
PLANNED = {
    "effective_from": "2999-01-01T00:00:00Z",
    "margin_bps": 500,
    "prices": [
        {
            "model": "small",
            "meter": "input_tokens",
            "per": 1_000_000,
            "mode": "graduated",
            "tiers": [{"up_to": 1_000_000_000, "price": "0.25"}, {"price": "0.2"}],
            "tier_scope": "month",
        },
        {
            "model": "small",
            "meter": "output_tokens",
            "per": 1_000_000,
            "price": "0.75",
            "hours": {"from": "22:00", "until": "06:00", "weekdays": ["sat", "sun"]},
        },
        {
            "model": "small",
            "meter": "output_tokens",
            "per": 1_000_000,
            "price": "1.25",
            "provider": "acme-models",
        },
    ],
    "names": [{"name": "small-*", "model": "small", "excluding": ["small-old"]}],
    "providers": [{"name": "Acme*", "provider": "acme-models"}],
}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of prices, of an org that has some."""
    admin = service.operator_of("acme")
    planned = done(admin.send(CARDS, PLANNED, method="PUT"))["version"]
    done(admin.get(CARDS, limit="1"))
    done(admin.get(f"{CARDS}/versions/{planned}"))
    done(admin.send(f"{CARDS}/versions/{planned}", method="DELETE"))
    use = {"model": "small", "input_tokens": 120_000, "output_tokens": 8_000}
    done(admin.send(f"{CARDS}/quote", use))
