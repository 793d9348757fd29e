"""Read models: what contexts declare is what the container builds and verification looks for."""

from __future__ import annotations

from adapters.postgres.connection import DatabaseUrls
from api.container import Endpoints, projections
from api.verification.inspector import READ_MODELS
from ledger.contexts import CONTEXTS

UNUSED = "postgresql://127.0.0.1:1/unused"


def test_every_declared_read_model_is_built_and_no_other() -> None:
    ends = Endpoints(DatabaseUrls(writer=UNUSED), "http://127.0.0.1:1/unused")
    built = [end.name for end in projections(ends)]
    declared = [name for context in CONTEXTS for name in context.read_models]
    assert sorted(built) == sorted(declared)
    assert list(READ_MODELS) == declared
