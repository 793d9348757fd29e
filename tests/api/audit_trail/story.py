"""The story of an audit: events, who was refused, and the books of an org."""

from __future__ import annotations

from tests.api.problems import problem
from tests.api.served import Served, done


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of what was recorded."""
    auditor = service.issue("acme", "auditor", subject="ines")
    done(auditor.get("/v1/audit/events", type="credits.CreditsDeposited", order="asc", limit="1"))
    done(auditor.get("/v1/audit/events/1"))
    refused = auditor.send("/v1/billing/deposits", {"user": "ada", "amount": 1})
    problem(refused, 403, "forbidden", None)
    done(auditor.get("/v1/audit/refusals", subject="ines"))
    for format in ("hledger", "csv"):
        assert auditor.get("/v1/audit/journal", format=format, from_="1", to="9").is_success
