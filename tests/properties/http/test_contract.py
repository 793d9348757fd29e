"""Requests made of the contract, valid ones and every way to break them, sent to the service: each
by itself, then in sequences, where one takes what another has answered."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction, load_all_checks, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.container import Endpoints
from api.http.openapi import document
from api.verification.verify import verify
from tests.api.served import Api, Served, served

Case = schemathesis.Case[Any]

load_all_checks()
CONTRACT = schemathesis.openapi.from_dict(deepcopy(document()))  # it adds the links it finds

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1"))
"""Made at random for each operation, after those that try each rule of the contract."""

SEQUENCES, STEPS = 4 * REQUESTS, 8

NOT_CHECKED: list[CheckFunction] = [positive_data_acceptance, not_a_server_error]
"""A schema does not say which fields go together, so what it allows may be refused; which answers
of 500 and above there may be is said below."""

NOT_SENT: list[CheckFunction] = [negative_data_rejection]
"""What is too much in a query may be an empty list, of which nothing is sent."""

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


class Seen:
    """What the cases were, and how they were answered."""

    def __init__(self, service: Served) -> None:
        self._service = service
        self._before = 0
        self.cases = Counter[str]()

    def before(self) -> None:
        """Remember how many events there are."""
        self._before = self._service.events()

    def after(self, case: Case, answer: Response) -> list[CheckFunction]:
        """Hold what was refused to leave nothing; return the checks that do not apply."""
        takes_parts = case.operation.path.endswith("/batch") and answer.status_code == 200
        is_negative = case.meta is not None and case.meta.generation.mode.is_negative
        word = "refused" if answer.status_code >= 400 else "taken"
        word = "taken in parts" if takes_parts else word
        self.cases[f"{'negative' if is_negative else 'positive'} {word}"] += 1
        if answer.status_code >= 400:
            assert self._service.events() == self._before, (case, answer.text)
        if answer.status_code >= 500:
            assert answer.json()["code"] == "not_sealed", "nobody seals here; all else is there"
        is_sent = all(value not in ([], {}) for value in (case.query or {}).values())
        more = (OF_A_WHOLE if takes_parts else []) + ([] if is_sent else NOT_SENT)
        return NOT_CHECKED + more


@pytest.fixture(scope="module")
def seen(service: Served) -> Iterator[Seen]:
    seen = Seen(service)
    yield seen
    print(dict(seen.cases))


EVERY = 12
"""Of so many operations one is tried by `make test`: all of them take minutes."""

OPERATIONS = [
    pytest.param(
        found.ok(), id=found.ok().label, marks=[pytest.mark.slow] if number % EVERY else []
    )
    for number, found in enumerate(CONTRACT.get_all_operations())
    if isinstance(found, Ok)
]
SETTINGS = settings(
    max_examples=REQUESTS, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_the_contract_says_and_what_is_refused_leaves_no_event(
    operation: APIOperation[Any, Any, Any, Any], service: Served, caller: Api, seen: Seen
) -> None:
    """The requests are made here: `CONTRACT.parametrize` has every process of the run make those of
    all operations before any test."""

    def send(case: Case) -> None:
        seen.before()
        answer = case.call(base_url=service.base_url, headers=caller.headers)
        case.validate_response(answer, excluded_checks=seen.after(case, answer))

    build_operation_test(
        config=CONTRACT.config,
        operation=operation,
        test_func=send,
        given_kwargs={},
        feedback=FeedbackSources(),
        explicit_settings=SETTINGS,
    )()


def test_sequences_of_requests_are_answered_so_too(
    service: Served, caller: Api, seen: Seen
) -> None:
    """Holds are captured, transactions reversed, keys revoked that others have made."""

    class Sequence(CONTRACT.as_state_machine()):  # type: ignore[misc]  # made at run time
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"base_url": service.base_url, "headers": caller.headers}

        def before_call(self, case: Case) -> None:
            seen.before()

        def validate_response(self, response: Response, case: Case, **kwargs: Any) -> None:
            case.validate_response(
                response,
                excluded_checks=seen.after(case, response),
                transport_kwargs={"headers": caller.headers},
            )

    Sequence.run(
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )


def test_what_they_have_left_verifies(service: Served, seen: Seen) -> None:
    assert seen.cases["negative refused"] > seen.cases["negative taken"]
    report = verify(service.ends)
    assert {name: each.first for name, each in report.checks.items() if each.wrong} == {}
