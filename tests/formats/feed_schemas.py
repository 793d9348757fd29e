"""The JSON Schema of every kind of message; `python -m tests.formats.feed_schemas` writes them.

Made from the structs that messages are written from, so that they cannot say anything else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from api.feed.message import EventMessage, content_type, schema_name
from ledger.registry import FACTS
from tests.formats.schemas import tidy

FOLDER = Path(__file__).parents[2] / "schemas" / "feed"


def file_of(topic: str) -> Path:
    """Where the schema of the messages of a type lives."""
    return FOLDER / f"{schema_name(topic)}.json"


def schema_of(topic: str) -> dict[str, Any]:
    """The JSON Schema of the messages of a type."""
    generic: Any = EventMessage  # of a type that is looked up, which mypy knows nothing of
    message = generic[content_type(topic)]
    (reference,), definitions = msgspec.json.schema_components(
        [message], ref_template="#/$defs/{name}"
    )
    root = definitions.pop(reference["$ref"].rpartition("/")[2])
    root["properties"]["type"] = {"const": topic}
    root["properties"]["schema"] = {"const": schema_name(topic)}
    schema: dict[str, Any] = tidy(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": file_of(topic).name,
            **root,
            "title": FACTS[topic].__name__,
            "$defs": definitions,
        }
    )
    return schema


def text_of(topic: str) -> str:
    """The schema file of a type."""
    return json.dumps(schema_of(topic), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write the files of the versions that are current."""
    for topic in FACTS:
        file_of(topic).write_text(text_of(topic), "utf-8")


if __name__ == "__main__":
    write()
