"""The story of a proof: an org is sealed, its log proven, and a range of it taken away."""

from __future__ import annotations

from tests.api.proof.sealed import seal
from tests.api.served import Served, done


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of a sealed log."""
    auditor = service.issue("acme", "auditor")
    seal(service)
    done(auditor.get("/v1/audit/checkpoint"))
    done(auditor.get("/v1/audit/proofs/inclusion", sequence="3"))
    done(auditor.get("/v1/audit/proofs/consistency", from_="3"))
    assert auditor.get("/v1/audit/export", from_="1", to="3").is_success
