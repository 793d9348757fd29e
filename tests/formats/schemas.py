"""Every kind of event, its JSON Schema, and writing the schemas: `python -m tests.formats.schemas`.

A schema is made from the struct that reads and writes the event's body, with the docstrings as
descriptions, so that it cannot say anything else than the code.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.utils import get_topic, resolve_topic
from jsonschema import Draft202012Validator

from ledger.kernel.aggregate import Fact, body_type
from ledger.ports import RecordedEvent
from ledger.registry import FACTS

FOLDER = Path(__file__).parents[2] / "schemas" / "events"


def every_fact() -> list[type[Fact]]:
    """Every kind of event there is."""
    return list(FACTS.values())


def file_of(fact: type[Fact]) -> Path:
    """Where the schema of this version of a fact lives."""
    return FOLDER / f"{get_topic(fact)}.v{fact.class_version}.json"


def schema_of(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema of a fact's body."""
    _, definitions = msgspec.json.schema_components(
        [body_type(fact)], ref_template="#/$defs/{name}"
    )
    root = definitions.pop(fact.__name__)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": file_of(fact).name,
        "title": root.pop("title"),
        "description": fact.__doc__,
        **root,
        "$defs": definitions,
    }
    described: dict[str, Any] = tidy(schema)
    return described


def tidy(value: Any) -> Any:
    """Descriptions as running text."""
    if isinstance(value, dict):
        return {
            name: " ".join(each.split())
            if name == "description" and isinstance(each, str)
            else tidy(each)
            for name, each in value.items()
        }
    return [tidy(each) for each in value] if isinstance(value, list) else value


def text_of(fact: type[Fact]) -> str:
    """The schema file of a fact."""
    return json.dumps(schema_of(fact), indent=2, ensure_ascii=False) + "\n"


@functools.cache
def _validator(topic: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(file_of(resolve_topic(topic)).read_text("utf-8")))


def check_event(event: RecordedEvent) -> None:
    """Raise unless the event's body fits the committed schema of its kind."""
    _validator(event.type).validate(json.loads(event.body))


def write() -> None:
    """Write every schema file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for fact in every_fact():
        file_of(fact).write_text(text_of(fact), "utf-8")


if __name__ == "__main__":
    write()
