"""Requests made of the contract, valid ones and every way to break them, sent to the service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction, load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.container import Endpoints
from api.http.openapi import document
from tests.api.served import Api, Served, served

load_all_checks()
CONTRACT = schemathesis.openapi.from_dict(document())

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1"))
"""Made at random for each operation, after those that try each rule of the contract."""

NOT_CHECKED: list[CheckFunction] = [positive_data_acceptance, not_a_server_error]
"""A schema does not say which fields go together, so what it allows may be refused; which answers
of 500 and above there may be is said below."""

OF_A_WHOLE: list[CheckFunction] = [negative_data_rejection]
"""A batch is taken, and the faults of its items are told one by one."""


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    """The service, with its read models."""
    with served(ends) as running:
        yield running


@pytest.fixture(scope="module")
def caller(service: Served) -> Api:
    """Whoever may do everything, in one org."""
    return service.operator_of(service.new_org())


@CONTRACT.parametrize()
@settings(
    max_examples=REQUESTS, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_every_answer_is_as_the_contract_says_and_what_is_refused_leaves_no_event(
    case: schemathesis.Case[Any], service: Served, caller: Api
) -> None:
    before = service.events()
    answer = case.call(base_url=service.base_url, headers=caller.headers)
    takes_parts = case.operation.path.endswith("/batch") and answer.status_code == 200
    case.validate_response(
        answer, excluded_checks=NOT_CHECKED + (OF_A_WHOLE if takes_parts else [])
    )
    if answer.status_code >= 400:
        assert service.events() == before
    if answer.status_code >= 500:
        assert answer.json()["code"] == "not_sealed", "nobody seals here; all else is there"
