"""The documents of the API say what the API does."""

from __future__ import annotations

import re
from pathlib import Path

from jsonschema import Draft202012Validator

from api.http import errors as http_errors
from api.http import openapi
from api.http.problem_schemas import kinds
from api.http.problem_table import PLACE, PROBLEMS, text
from api.http.problems import described
from api.http.routers import routes
from ledger.kernel.errors import Unavailable
from ledger.ports import StoreFull
from ledger.proof.note import BadNote
from tests.api.contract import resolved
from tests.api.served import Served, done

ERRORS = Path(__file__).parents[3] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([a-z_]+)` \| ([0-9]{3}) \| .+ \| (yes|no|after)", re.MULTILINE)


def test_every_error_a_caller_can_meet_is_documented_with_its_status() -> None:
    assert {http_errors.InvalidCursor, StoreFull, BadNote} < {*kinds()}
    documented = {code: int(status) for code, status, _ in ROW.findall(ERRORS.read_text("utf-8"))}
    assert documented == {kind.code: int(described(kind).status) for kind in kinds()}


def test_every_error_a_caller_can_meet_has_a_schema_that_its_example_fits() -> None:
    components = openapi.document()["components"]
    codes = {}
    for each in map(resolved, components["schemas"]["Problem"]["oneOf"]):
        (example,) = each["examples"]
        Draft202012Validator(each | {"additionalProperties": False}).validate(example)
        codes[example["code"]] = example["status"]
    assert codes == {kind.code: int(described(kind).status) for kind in kinds()}


def test_what_every_operation_may_refuse_is_listed_by_status() -> None:
    for name, _ in routes():
        method, path = name.split()
        operation = openapi.document()["paths"][path][method.lower()]
        refused = {status for status in operation["responses"] if status >= "4"}
        assert {"400", "408", "431", "500", "503"} <= refused
        assert ("security" in operation) == ({"401", "403", "404", "422"} <= refused)
        assert ("requestBody" in operation) == ("415" in refused)


def test_only_what_is_unavailable_is_to_be_sent_again_at_once() -> None:
    again = {code: word for code, _, word in ROW.findall(ERRORS.read_text("utf-8"))}
    for kind in kinds():
        assert (again[kind.code] == "yes") == issubclass(kind, Unavailable), kind.code


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in kinds()}) == len(kinds())


def test_the_list_has_what_a_caller_can_meet_and_nothing_else() -> None:
    assert PROBLEMS.keys() == {kind.code for kind in kinds()}
    assert all(each.title and each.meaning for each in PROBLEMS.values())


def test_the_page_of_errors_has_the_rows_of_the_list() -> None:
    assert PLACE.read_text("utf-8") == text(), "run: python -m api.http.problem_table"


def test_the_openapi_document_is_the_one_that_is_kept() -> None:
    kept = openapi.PLACE.read_text("utf-8")
    assert kept == openapi.text(), "run: python -m api.http.openapi"


def test_the_openapi_document_resolves_every_reference(service: Served) -> None:
    document = done(service.http.get("/openapi.json"))
    assert document == openapi.document()
    for name in re.findall(r'"#/components/schemas/(\w+)"', openapi.text()):
        assert name in document["components"]["schemas"], name
    for name in re.findall(r'"#/components/responses/(\w+)"', openapi.text()):
        assert name in document["components"]["responses"], name


def test_health_needs_no_credential_and_metrics_do(service: Served) -> None:
    assert done(service.http.get("/healthz")) == {"status": "ok"}
    assert done(service.http.get("/readyz"))["status"] == "ready"
    assert service.http.get("/metrics").status_code == 401
    metrics = service.operator.get("/metrics")
    assert "tally_http_requests_total" in metrics.text
