"""Every kind of message has a committed JSON Schema, says what answers say by the same names, and
nothing that could be erased."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from api.feed.credits.caps import AlertContent
from api.feed.credits.wallets import HeldContent, MovementContent
from api.feed.message import message_of
from api.feed.tenancy.orgs import ApiKeyContent
from api.http.answers import Answer
from api.http.credits.answers.caps import AlertAnswer
from api.http.credits.answers.holds import HoldAnswer
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.tenancy.answers import ApiKeyAnswer
from ledger.kernel.ids import ORG_PATTERN
from ledger.registry import FACTS
from tests.formats.feed_schemas import FOLDER, file_of, text_of
from tests.formats.golden import story

TEXTS = {"metadata", "reason", "erased"}


@pytest.mark.parametrize("topic", FACTS)
def test_the_schema_file_says_what_the_code_does(topic: str) -> None:
    """After a new kind, or a new member of one: `python -m tests.formats.feed_schemas`."""
    assert file_of(topic).read_text("utf-8") == text_of(topic)
    Draft202012Validator.check_schema(json.loads(text_of(topic)))


def test_there_is_no_schema_of_nothing() -> None:
    kinds = {file.name.rpartition(".v")[0] for file in FOLDER.iterdir()}
    assert kinds == set(FACTS)


def test_the_message_of_every_kind_fits_its_schema_and_holds_no_digest_of_a_text() -> None:
    seen = set()
    for event in story():
        message = message_of(event)
        said = json.loads(message.body)
        Draft202012Validator(json.loads(file_of(event.type).read_text("utf-8"))).validate(said)
        assert said["content"] is not None
        assert message.id == said["id"] == f"{event.org}-{event.sequence}"
        assert message.subject == f"ledger.{event.org}.{event.type}"
        assert not {"position", "secret_hash", *TEXTS} & set(
            re.findall(r'"(\w+)":', str(message.body))
        )
        seen.add(event.type)
    assert seen == set(FACTS)


def test_a_message_without_its_content_fits_too() -> None:
    event = story()[0]
    said = json.loads(message_of(event, False).body)
    assert said["content"] is None
    Draft202012Validator(json.loads(file_of(event.type).read_text("utf-8"))).validate(said)


def test_an_event_that_cannot_be_read_is_said_to_have_happened() -> None:
    event = story()[0]
    assert json.loads(message_of(event._replace(type="later.Kind")).body)["content"] is None
    assert json.loads(message_of(event._replace(body=b"{}")).body)["content"] is None


@pytest.mark.parametrize(
    ("content", "answer", "without"),
    [
        (MovementContent, TransactionAnswer, TEXTS),
        (HeldContent, HoldAnswer, {"sequence", "hash", "status", "ended_at"}),
        (AlertContent, AlertAnswer, {"sequence", "hash", "raised_at"}),
        (ApiKeyContent, ApiKeyAnswer, None),
    ],
)
def test_the_names_are_those_of_the_answers(
    content: type[Answer], answer: type[Answer], without: set[str] | None
) -> None:
    said, answered = set(content.__struct_fields__), set(answer.__struct_fields__)
    assert said <= answered
    assert without is None or answered - said == without


def test_an_org_is_one_word_of_a_subject() -> None:
    """Who allows more in an id has to write it otherwise in subjects."""
    allowed = [chr(n) for n in range(0x250) if re.fullmatch(ORG_PATTERN, f"a{chr(n)}")]
    assert not set(".*> \t\r\n") & set(allowed)
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", topic) for topic in FACTS)
