"""The generator of the client's classes and methods, from `schemas/openapi.json`.

Run it when the contract has changed: python -m tests.client.generator
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.client.contract_names import (
    BODIES,
    MADE,
    MOMENTS,
    NUMBERED,
    NUMBERS,
    OF_ALL,
    method_name,
    python_name,
    type_name,
)
from tests.client.problem_classes import problems

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "schemas" / "openapi.json"
Json = dict[str, Any]


class Contract:
    """The contract, by what is made of it."""

    def __init__(self, document: Json) -> None:
        self.schemas: Json = document["components"]["schemas"]
        self.operations: dict[str, list[tuple[str, str, Json]]] = defaultdict(list)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                tag = operation["tags"][0].replace(" ", "_")
                self.operations[tag].append((path, method, operation))
        self.home: dict[str, str] = {}
        for tag, operations in self.operations.items():
            for _, _, operation in operations:
                for schema in (body_of(operation), result_of(operation)):
                    self._settle(schema, tag)

    def _settle(self, schema: str | None, tag: str) -> None:
        """A class stands with the first subject that needs it."""
        if schema is None or schema in self.home or schema == "Problem":
            return
        if is_class(schema):
            self.home[schema] = tag
        for each in references(self.schemas[schema]):
            self._settle(each, tag)

    def hint(self, schema: Json) -> str:
        """Return the type of what a schema describes."""
        if "$ref" in schema:
            return type_name(name_of(schema))
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.hint(each) for each in schema["anyOf"]))
        if "oneOf" in schema:
            return "Decimal | int"
        if "enum" in schema:
            return f"Literal[{', '.join(json.dumps(each) for each in schema['enum'])}]"
        return self._plain_hint(schema)

    def _plain_hint(self, schema: Json) -> str:
        kind = schema.get("type")
        if kind == "array":
            return f"Sequence[{self.hint(schema['items'])}]"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"Mapping[str, {self.hint(values) if isinstance(values, dict) else 'Any'}]"
        if kind == "string" and schema.get("format") == "date-time":
            return "datetime"
        if kind == "string" and schema.get("pattern", "").startswith(("^-?(0|[1", "^(0|[1")):
            return "Decimal"
        known = {"string": "str", "integer": "int", "boolean": "bool", "null": "None"}
        return known.get(str(kind), "Any")


def name_of(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def is_class(schema: str) -> bool:
    """Tell whether a schema is a class of the client: not a page, nor a body that is unfolded."""
    return not schema.startswith("ListAnswer_") and (
        not schema.endswith("Body") or schema in BODIES
    )


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the schemas within one."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield name_of(schema)
        for each in schema.values():
            yield from references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from references(each)


def body_of(operation: Json) -> str | None:
    """Return the schema of the body of an operation."""
    content = operation.get("requestBody", {}).get("content", {})
    return name_of(content["application/json"]["schema"]) if content else None


def result_of(operation: Json) -> str | None:
    """Return the schema of what an operation answers; none of a text or of bytes."""
    content = _success(operation)
    return name_of(content["application/json"]["schema"]) if "application/json" in content else None


def _success(operation: Json) -> Json:
    found: Json = next(r for s, r in operation["responses"].items() if s < "300")["content"]
    return found


def docstring(text: str, indent: int) -> str:
    """Return the first sentence of a description as a docstring, in lines that are not long."""
    first = " ".join(text.split("\n\n", maxsplit=1)[0].split()).split(". ")[0].rstrip(".") + "."
    space = " " * indent
    if len(first) + indent < 95:
        return f'{space}"""{first}"""\n'
    lines = textwrap.wrap(first, 96 - indent)
    return f'{space}"""{lines[0]}\n' + "".join(f"{space}{each}\n" for each in [*lines[1:], '"""'])


def classes(contract: Contract, tag: str) -> str:
    """Return the module with the classes of a subject."""
    names = [name for name, home in contract.home.items() if home == tag]
    made = "\n\n".join(_class(contract, name) for name in names)
    return _module(contract, f"Values of {tag.replace('_', ' ')}", tag, made, own=set(names))


def _class(contract: Contract, name: str) -> str:
    schema = contract.schemas[name]
    lines = ["@dataclass(frozen=True, kw_only=True, slots=True)", f"class {type_name(name)}:"]
    lines.append(docstring(schema.get("description", type_name(name)), 4))
    required = schema.get("required", [])
    for member, each in schema["properties"].items():
        hint = contract.hint(each)
        if not name.endswith("Body"):
            hint = hint.replace("Sequence[", "tuple[")
            hint = _as_tuples(hint)
        default = "" if member in required else " = None"
        if default and "None" not in hint:
            hint += " | None"
        if (name, member) == ("UsageBody", "id"):
            default = " = field(default_factory=new_id)"
        lines.append(f"    {python_name(member)}: {hint}{default}")
    return "\n".join(lines) + "\n"


def _as_tuples(hint: str) -> str:
    """Answers are frozen to the bottom: a list is a tuple."""
    out, at = "", 0
    while (begin := hint.find("tuple[", at)) >= 0:
        end, depth = begin + 6, 1
        while depth:
            depth += {"[": 1, "]": -1}.get(hint[end], 0)
            end += 1
        out += hint[at : end - 1] + ", ...]"
        at = end
    return out + hint[at:]


def methods(contract: Contract, tag: str, *, is_async: bool) -> str:
    """Return the module with the operations of a subject."""
    name = "".join(word.title() for word in tag.split("_"))
    kind = "AsyncTransport" if is_async else "Transport"
    made = f"class {'Async' if is_async else ''}{name}Operations({kind}):\n"
    made += f'    """The operations on {tag.replace("_", " ")}."""\n'
    for path, method, operation in contract.operations[tag]:
        for text in Operation(contract, path, method, operation).texts(is_async=is_async):
            made += "\n" + text
    title = f"Operations on {tag.replace('_', ' ')}, {'awaited' if is_async else 'waited for'}"
    return _module(contract, title, tag, made, own=set())


class Operation:
    """An operation, as the methods that it becomes."""

    def __init__(self, contract: Contract, path: str, method: str, operation: Json) -> None:
        self.contract, self.path, self.method, self.operation = contract, path, method, operation
        self.name = method_name(operation, path, method)
        of = operation.get("parameters", [])
        self.in_path = [each["name"] for each in of if each["in"] == "path"]
        self.in_path.sort(key=lambda name: path.index(f"{{{name}}}"))
        self.in_query = [each for each in of if each["in"] == "query"]
        self.in_header = [e for e in of if e["in"] == "header" and e["name"] not in OF_ALL]
        self.has_key = any(each["name"] == "Idempotency-Key" for each in of)
        body = body_of(operation)
        self.body = None if body is None else contract.schemas[body]
        result = result_of(operation)
        media = next(iter(_success(operation)))
        text = "bytes" if media == "application/gzip" else "str"
        self.result = text if result is None else type_name(result)
        self.is_paged = any(each["name"] == "cursor" for each in self.in_query)

    def texts(self, *, is_async: bool) -> Iterator[str]:
        """Yield its methods: of a list one for all of it, and one for a page."""
        if self.is_paged:
            yield self._list(is_async=is_async)
        yield self._single(is_async=is_async)

    def _parameters(self, *, of_list: bool = False) -> str:
        required, optional = [], []
        for name, hint, is_required in self._named(of_list=of_list):
            if is_required:
                required.append(f"{python_name(name)}: {hint}")
            else:
                more = "" if "None" in hint else " | None"
                optional.append(f"{python_name(name)}: {hint}{more} = None")
        if self.has_key:
            optional.append("idempotency_key: str | None = None")
        words = ["self", *(f"{name}: {self._path_hint(name)}" for name in self.in_path)]
        named = [*required, *optional]
        return ", ".join([*words, *(["*", *named] if named else [])])

    def _path_hint(self, name: str) -> str:
        return "int" if name in ("sequence", "version") else "str"

    def _named(self, *, of_list: bool) -> Iterator[tuple[str, str, bool]]:
        for each in self.in_query:
            yield each["name"], self._query_hint(each), each["required"]
        for each in self.in_header:
            yield each["name"], "str", each["required"]
        if self.body is not None:
            required = self.body.get("required", [])
            for name, schema in self.body["properties"].items():
                made_here = name == "id" and self.name == "record_usage"
                is_required = name in required and not made_here
                yield name, self.contract.hint(schema), is_required

    def _query_hint(self, parameter: Json) -> str:
        name = parameter["name"]
        if name in NUMBERS or (name in MOMENTS and self.path in NUMBERED):
            return "int"
        if name in MOMENTS:
            return "datetime | date"
        if "enum" in parameter["schema"]:
            return self.contract.hint(parameter["schema"])
        return "str"

    def _list(self, *, is_async: bool) -> str:
        page = self.result
        item = page[5:-1] if page.startswith("Page[") else self._item()
        kind = "AsyncIterator" if is_async else "Iterator"
        head = f"    def {self.name}({self._parameters(of_list=True)}) -> {kind}[{item}]:\n"
        doc = docstring(self._description(), 8)
        return head + doc + f"        return self._pages({self._call(page)}, cursor)\n"

    def _item(self) -> str:
        schema = self.contract.schemas[str(result_of(self.operation))]
        return type_name(name_of(schema["properties"]["data"]["items"]))

    def _single(self, *, is_async: bool) -> str:
        name = f"{self.name}_page" if self.is_paged else self.name
        word, waits = ("async def", "await ") if is_async else ("def", "")
        head = f"    {word} {name}({self._parameters()}) -> {self.result}:\n"
        doc = docstring(self._description(), 8)
        return head + doc + f"        return {waits}self._send({self._call(self.result)})\n"

    def _description(self) -> str:
        return str(self.operation.get("description") or self.operation["summary"])

    def _call(self, result: str) -> str:
        at = f'"{self.path}"'
        if self.in_path:
            names = ", ".join(f"{name}={name}" for name in self.in_path)
            at = f"path({at}, {names})"
        given = ", ".join(f"{(n := python_name(e['name']))}={n}" for e in self.in_query)
        words = [f'method="{self.method.upper()}"', f"path={at}", f"result={result}"]
        words.append(f"query=sent({given})" if given else "query={}")
        if self.body is not None:
            words.append(f"body={self._members()}")
        if self.in_header:
            said = ", ".join(f'"{e["name"]}": {python_name(e["name"])}' for e in self.in_header)
            words.append(f"headers=sent(**{{{said}}})")
        if self.has_key:
            words.append("key=idempotency_key or new_id()")
        return f"Call[{result}]({', '.join(words)})"

    def _members(self) -> str:
        assert self.body is not None
        required = self.body.get("required", [])
        must = []
        for name in self.body["properties"]:
            if name in required:
                made = " or new_id()" if (self.name, name) == ("record_usage", "id") else ""
                must.append(f'"{name}": to_json({python_name(name)}{made})')
        may = [python_name(name) for name in self.body["properties"] if name not in required]
        optional = f"sent_json({', '.join(f'{name}={name}' for name in may)})"
        if not must:
            return optional
        return f"{{{', '.join([*must, *([f'**{optional}'] if may else [])])}}}"


def _module(contract: Contract, title: str, tag: str, made: str, *, own: set[str]) -> str:
    """Return a module with all that it could need; what it does not is taken out by ruff."""
    homes = defaultdict(list)
    for schema, home in contract.home.items():
        if schema not in own:
            homes[home].append(type_name(schema))
    lines = [
        f'"""{title}.\n\n{MADE}\n"""\n\nfrom __future__ import annotations\n',
        "from collections.abc import AsyncIterator, Iterator, Mapping, Sequence",
        "from dataclasses import dataclass, field",
        "from datetime import date, datetime",
        "from decimal import Decimal",
        "from typing import Any, Literal\n",
        "from tallystick.json_values import Page, sent_json, to_json",
        "from tallystick.problem import Problem",
        "from tallystick.transport import AsyncTransport, Call, Transport, path, sent",
        "from tallystick.json_values import new_id",
    ]
    lines += [f"from tallystick.values.{home} import {', '.join(n)}" for home, n in homes.items()]
    return "\n".join(lines) + "\n\n\n" + made


def files(document: Json, meanings: str) -> dict[str, str]:
    """Return the text of each file that is made, by its path."""
    contract = Contract(document)
    made = {"tallystick/problems.py": problems(document, meanings)}
    for folder in ("values", "operations", "async_operations"):
        made[f"tallystick/{folder}/__init__.py"] = ""
    for tag in contract.operations:
        made[f"tallystick/values/{tag}.py"] = classes(contract, tag)
        made[f"tallystick/operations/{tag}.py"] = methods(contract, tag, is_async=False)
        made[f"tallystick/async_operations/{tag}.py"] = methods(contract, tag, is_async=True)
    made = {name: text for name, text in made.items() if text.count("\nclass ") or not text}
    for folder, prefix in (("operations", ""), ("async_operations", "Async")):
        made[f"tallystick/{folder}/__init__.py"] = _all(contract, folder, prefix)
    names = sorted({type_name(schema) for schema in contract.home})
    lines = [f'"""Values that calls take and give.\n\n{MADE}\n"""\n']
    homes = defaultdict(list)
    for schema, home in contract.home.items():
        homes[home].append(type_name(schema))
    lines += [f"from tallystick.values.{home} import {', '.join(n)}" for home, n in homes.items()]
    made["tallystick/values/__init__.py"] = "\n".join([*lines, f"\n__all__ = {names!r}", ""])
    return {name: _tidied(name, text) for name, text in made.items()}


def _all(contract: Contract, folder: str, prefix: str) -> str:
    names = {tag: "".join(word.title() for word in tag.split("_")) for tag in contract.operations}
    lines = [f'"""Operations of every subject in one class.\n\n{MADE}\n"""\n']
    for tag, name in names.items():
        lines.append(f"from tallystick.{folder}.{tag} import {prefix}{name}Operations")
    bases = ", ".join(f"{prefix}{name}Operations" for name in names.values())
    lines.append(f'\n\nclass {prefix}Operations({bases}):\n    """Every operation."""\n')
    return "\n".join(lines)


def _tidied(name: str, text: str) -> str:
    """Return a module as ruff leaves it: no import that is not used, in order and in lines."""
    ruff = [sys.executable, "-m", "ruff"]
    fix = ["check", "--quiet", "--fix-only", "--select", "F401,I", "--stdin-filename", name, "-"]
    form = ["format", "--quiet", "--stdin-filename", name, "-"]
    for words in (fix, form):
        done = subprocess.run(
            [*ruff, *words], input=text, capture_output=True, text=True, cwd=ROOT, check=True
        )
        text = done.stdout
    return text


def current() -> dict[str, str]:
    """Return what the contract makes of the client."""
    document = json.loads(CONTRACT.read_text("utf-8"))
    return files(document, (ROOT / "docs" / "errors.md").read_text("utf-8"))


def main() -> None:
    """Write the files."""
    for name, text in current().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
