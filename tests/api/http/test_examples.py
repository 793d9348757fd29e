"""Each route has a schema and an example of its success; the examples are what it answers."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.container import Endpoints
from api.http.openapi import document
from api.http.routers import routes
from tests.api import contract, examples
from tests.api.served import Served


@pytest.fixture(scope="module")
def service(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service with a folder of its own, for the keys that sign."""
    with examples.example_service(ends, tmp_path_factory.mktemp("served")) as running:
        yield running


def test_the_examples_are_what_the_service_answers(service: Served) -> None:
    told = examples.told(service)
    kept = examples.kept()
    assert examples.without_own(told) == examples.without_own(kept), "python -m tests.api.examples"


def test_no_answer_has_a_member_that_its_schema_does_not_say() -> None:
    schemas = document()["components"]["schemas"]
    answers = [name for name in schemas if name.endswith(("Answer", "Answer_"))]
    assert answers
    for name in answers:
        assert schemas[name]["additionalProperties"] is False, name


def test_an_answer_with_another_member_is_noticed() -> None:
    request = httpx.Request("GET", "http://service/v1/billing/allowance")
    answer: dict[str, object] = {"free_monthly": None, "verified_only": False}
    answer |= {"granted_month": None, "as_of_sequence": 1}
    contract.check(httpx.Response(200, json=answer, request=request))
    for wrong in (answer | {"more": 1}, answer | {"free_monthly": 1}, {"as_of_sequence": 1}):
        with pytest.raises(AssertionError, match="GET /v1/billing/allowance"):
            contract.check(httpx.Response(200, json=wrong, request=request))


def test_every_route_has_a_schema_and_an_example_of_its_success() -> None:
    for name, route in routes():
        method, path = name.split()
        responses = document()["paths"][path][method.lower()]["responses"]
        success = responses[str(route.status_code or 200)]
        for media in success["content"].values():
            assert media["schema"], f"{name}: its handler must return Ok or Created of a struct"
            assert "example" in media, f"{name}: a story must have it, see tests/api/examples.py"
