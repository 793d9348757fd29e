"""Every version of every event has a committed JSON Schema that says what the code does."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from ledger.kernel.aggregate import Fact
from tests.formats.example import events
from tests.formats.schemas import FOLDER, check_event, every_fact, file_of, text_of


@pytest.mark.parametrize("fact", every_fact(), ids=lambda fact: fact.__name__)
def test_the_schema_file_says_what_the_code_does(fact: type[Fact]) -> None:
    """After a change that stays compatible: `python -m tests.formats.schemas`."""
    assert file_of(fact).read_text("utf-8") == text_of(fact)
    Draft202012Validator.check_schema(json.loads(file_of(fact).read_text("utf-8")))


def test_there_is_no_schema_of_nothing() -> None:
    """Files of older versions stay for ever; each must be of a kind of event that exists."""
    names = {file_of(fact).name.rpartition(".v")[0] for fact in every_fact()}
    assert {file.name.rpartition(".v")[0] for file in FOLDER.iterdir()} == names


def test_a_body_with_an_unknown_field_does_not_fit() -> None:
    event = events()[0]
    check_event(event)
    with pytest.raises(ValidationError):
        check_event(event._replace(body=event.body[:-1] + b',"extra":1}'))
