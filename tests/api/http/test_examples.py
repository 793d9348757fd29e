"""Each route has a schema and an example of its success; the examples are what it answers.

`TALLY_EXAMPLES=keep` writes them anew, to `schemas/examples`; then `python -m api.http.openapi`.
"""

from __future__ import annotations

import os

from api.http.openapi import document, routes
from tests.api import examples
from tests.api.served import Served

NOT_YET = {
    "rating",
    "tenancy",
    "bookkeeping",
    "proof",
    "export",
    "privacy",
    "audit_trail",
    "access_log",
    "health",
}


def test_the_examples_are_what_the_service_answers(service: Served) -> None:
    told = examples.told(service)
    if os.environ.get("TALLY_EXAMPLES") == "keep":
        examples.keep(told)
    kept = examples.kept()
    assert examples.without_own(told) == examples.without_own(kept), "TALLY_EXAMPLES=keep"


def test_every_route_has_a_schema_and_an_example_of_its_success() -> None:
    for name, route in routes():
        if route.endpoint.__module__.split(".")[2] in NOT_YET:
            continue
        method, path = name.split()
        responses = document()["paths"][path][method.lower()]["responses"]
        success = responses[str(route.status_code or 200)]
        for media in success["content"].values():
            assert media["schema"], f"{name}: its handler must return Ok or Created of a struct"
            assert "example" in media, f"{name}: a story must have it, see tests/api/examples.py"
