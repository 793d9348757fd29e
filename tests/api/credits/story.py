"""The story of a wallet's credit: paid in, used, set aside, moved, taken back, limited, summed."""

from __future__ import annotations

import time

from tests.api.served import Api, Served, done

BILLING = "/v1/billing"
PRICES = {
    "prices": [
        {"model": "small", "meter": "input_tokens", "price": "0.25", "per": 1_000_000},
        {"model": "small", "meter": "output_tokens", "price": "1.25", "per": 1_000_000},
    ]
}
LINE = {
    "user": "ada",
    "service": "chat",
    "project": "support",
    "provider": "acme-models",
    "model": "small",
    "input_tokens": 120_000,
    "output_tokens": 8_000,
}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of wallets, in an org of its own."""
    done(service.operator.send("/v1/orgs", {"id": "acme", "name": "Acme"}))
    admin = service.issue("acme", "admin")
    done(admin.send(f"{BILLING}/rate-cards", PRICES, method="PUT"))
    done(admin.send(f"{BILLING}/caps", {"caps": [_cap()]}, method="PUT"))
    _pay_in(admin)
    _use(admin)
    _set_aside(admin)
    _move(admin)
    _correct(admin)
    _read(admin)


def _cap() -> dict[str, object]:
    return {
        "id": "each-user",
        "limit": "100",
        "period": "month",
        "scope": {"user": "*"},
        "thresholds": [25, 100],
    }


def _pay_in(admin: Api) -> None:
    paid = {"amount": "20", "currency": "usd"}
    admin.deposit("ada", "20000", paid=paid, reference="invoice 7")
    admin.deposit("ada", "20", asset="usd")
    grant = {"user": "ada", "amount": "250", "kind": "promotional", "reason": "a late answer"}
    done(admin.send(f"{BILLING}/credits", grant))
    done(admin.send(f"{BILLING}/allowance", {"free_monthly": "100"}, method="PUT"))
    done(admin.send(f"{BILLING}/credits/starter", {"user": "ada"}))
    done(admin.get(f"{BILLING}/allowance"))


def _use(admin: Api) -> None:
    line = LINE | {"id": "request 1", "metadata": {"ticket": "T-1"}}
    done(admin.send(f"{BILLING}/usage", line, key=None))
    items = [LINE | {"id": "request 2"}, LINE | {"id": "request 3", "amount": 0}]
    done(admin.send(f"{BILLING}/usage/batch", {"mode": "independent", "items": items}, key=None))


def _set_aside(admin: Api) -> None:
    work = {"service": "chat", "model": "small", "reference": "request 4"}
    first, second = (admin.hold("ada", "40", **work)["id"] for _ in range(2))
    done(admin.send(f"{BILLING}/holds/{first}/extend", {"expires_in": 3600}))
    done(admin.get(f"{BILLING}/holds", user="ada"))
    done(admin.send(f"{BILLING}/holds/{first}/capture", {"amount": "33.5"}))
    done(admin.send(f"{BILLING}/holds/{second}/release"))
    done(admin.get(f"{BILLING}/holds/{first}"))


def _move(admin: Api) -> None:
    done(
        admin.send(f"{BILLING}/transfers", {"from_user": "ada", "to_user": "bob", "amount": "1000"})
    )
    done(admin.send(f"{BILLING}/conversions", {"user": "ada", "amount": "5"}))


def _correct(admin: Api) -> None:
    used = done(admin.use("bob", "12", id="request 5"))["id"]
    why = {"reason": "charged twice"}
    done(admin.send(f"{BILLING}/transactions/{used}/reverse", why | {"amount": "5"}))
    done(admin.send(f"{BILLING}/adjustments", {"user": "bob", "amount": "-8"} | why))
    done(admin.send(f"{BILLING}/wallets/bob/suspend", why))
    done(admin.send(f"{BILLING}/wallets/bob/resume", {"reason": "settled"}))
    done(admin.send(f"{BILLING}/zap", {"user": "bob", "reason": "account closed"}))
    done(admin.get(f"{BILLING}/transactions/{used}"))


def _read(admin: Api) -> None:
    month = time.strftime("%Y-%m", time.gmtime())
    done(admin.get(f"{BILLING}/balance", user="ada"))
    done(admin.get(f"{BILLING}/balance/all", user="ada"))
    done(admin.get(f"{BILLING}/transactions", user="bob", limit="2"))
    done(admin.get(f"{BILLING}/statement", user="ada", period=month))
    report = {"period": month, "group_by": "model,service"}
    done(admin.get(f"{BILLING}/usage", **report))
    as_csv = admin.headers | {"Accept": "text/csv"}
    assert admin.http.get(f"{BILLING}/usage", params=report, headers=as_csv).is_success
    done(admin.get(f"{BILLING}/caps"))
    done(admin.get(f"{BILLING}/alerts"))
