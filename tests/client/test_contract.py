"""The client against the contract: nothing is missing, or of another name or type."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from tallystick import AsyncClient, Client, Problem, problems, values
from tests.client.contract_names import BODIES, python_name, type_name
from tests.client.generator import CONTRACT, ROOT, current
from tests.tidy.tree import modules

DOCUMENT = json.loads(CONTRACT.read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
CLASSES = [
    name
    for name in SCHEMAS
    if not name.startswith("ListAnswer_")
    and (name in BODIES or not name.endswith("Body"))
    and not name.endswith("Problem")
]
PROBLEMS = [name for name in SCHEMAS if name.endswith("Problem") and name != "Problem"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def called(client: type, folder: str) -> dict[tuple[str, str], set[str]]:
    """Return the operations that methods call, with the names of what they are given."""
    found: dict[tuple[str, str], set[str]] = {}
    for module in modules(f"tallystick/{folder}"):
        for function in ast.walk(module.tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            texts = {n.value for n in ast.walk(function) if isinstance(n, ast.Constant)}
            method = next(t for t in texts if t in ("GET", "POST", "PUT", "PATCH", "DELETE"))
            path = next(t for t in texts if isinstance(t, str) and t.startswith("/"))
            parameters = set(inspect.signature(getattr(client, function.name)).parameters)
            found[str(method), str(path)] = parameters - {"self"}
    return found


def test_the_files_are_what_the_generator_makes_of_the_contract() -> None:
    stale = [name for name, text in current().items() if (ROOT / name).read_text("utf-8") != text]
    assert not stale, "run: python -m tests.client.generator"


@pytest.mark.parametrize(
    ("client", "folder"), [(Client, "operations"), (AsyncClient, "async_operations")]
)
def test_every_operation_is_a_method_that_takes_all_of_its_input(client: type, folder: str) -> None:
    methods = called(client, folder)
    for method, path, operation in operations():
        named = {each["name"] for each in operation.get("parameters", [])} - {"X-Org"}
        named = {"idempotency_key" if n == "Idempotency-Key" else python_name(n) for n in named}
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            schema = SCHEMAS[body["schema"]["$ref"].rpartition("/")[2]]
            named |= {python_name(name) for name in schema["properties"]}
        assert methods.pop((method, path)) == named, (method, path)
    assert not methods


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_has_the_members_of_its_schema(name: str) -> None:
    schema = SCHEMAS[name]
    kind = getattr(values, type_name(name))
    hints = get_type_hints(kind)
    assert [each.name for each in fields(kind)] == [python_name(n) for n in schema["properties"]]
    for member, each in schema["properties"].items():
        text = str(hints[python_name(member)]).replace("Optional", "None or")
        assert "float" not in text
        for word in wanted(each):
            assert word in text, (name, member)


def wanted(schema: dict[str, Any]) -> Iterator[str]:
    """Yield what the type of a member must say."""
    if "$ref" in schema:
        yield type_name(schema["$ref"].rpartition("/")[2])
    for each in schema.get("anyOf", []):
        yield from wanted(each)
    if "enum" in schema:
        yield "Literal"
    elif schema.get("format") == "date-time":
        yield "datetime"
    elif schema.get("pattern", "").startswith(("^-?(0|[1", "^(0|[1")) or "oneOf" in schema:
        yield "Decimal"
    elif schema.get("type") in ("integer", "boolean"):
        yield {"integer": "int", "boolean": "bool"}[schema["type"]]
    elif schema.get("type") == "null":
        yield "None"


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_code_is_a_class_with_its_members(name: str) -> None:
    schema = SCHEMAS[name]
    example = schema["examples"][0]
    problem = Problem.of(example)
    assert type(problem) is getattr(problems, name.removesuffix("Problem"))
    assert (problem.code, problem.status) == (example["code"], example["status"])
    assert problem.detail == example["detail"]
    for member in schema["properties"]:
        if member != "type":
            assert hasattr(problem, member), member


def test_every_code_of_the_page_on_errors_is_a_class_and_says_what_it_does_about_it() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "errors.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert {row[0].strip("`") for row in rows} == Problem.classes.keys()
    for code, status, _, again in rows:
        kind = Problem.classes[code.strip("`")]
        assert kind.status == int(status)
        if again.startswith("no"):
            assert not kind.may_be_sent_again, code
        if again.startswith("yes"):
            assert kind.may_be_sent_again, code
