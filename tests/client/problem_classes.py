"""The classes of problems, one for each code of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.client.contract_names import MADE

Json = dict[str, Any]


def problems(document: Json, meanings: str) -> str:
    """Return the module with a class for each code."""
    healing = set(_healing(meanings))
    lines = [
        f'"""Problems by code.\n\n{MADE}\n"""\n\nfrom __future__ import annotations\n',
        "from decimal import Decimal\n\nfrom tallystick.problem import Problem\n",
    ]
    shared = {"type", "title", "status", "detail", "code", "field", "index"}
    for name, schema in document["components"]["schemas"].items():
        if not name.endswith("Problem") or name == "Problem":
            continue
        properties = schema["properties"]
        code = properties["code"]["const"]
        lines += [f"\nclass {name.removesuffix('Problem')}(Problem):"]
        lines += [f'    """{schema["title"]}."""\n', f'    code = "{code}"']
        lines += [f"    status = {properties['status']['const']}"]
        if code in healing:
            lines += ["    may_be_sent_again = True"]
        for member in [each for each in properties if each not in shared]:
            is_amount = member in ("available", "required", "missing")
            lines += _property(member, is_amount, member in schema["required"])
        lines += [""]
    return "\n".join(lines)


def _property(member: str, is_amount: bool, is_always: bool) -> list[str]:
    may_lack = member == "billing_url" or not is_always
    hint = "Decimal" if is_amount else ("str | None" if may_lack else "str")
    value = f'self._decimal("{member}")' if is_amount else f'self._text("{member}")'
    if hint == "str":
        value = f"str({value})"
    doc = f'        """The `{member}` of this problem."""'
    return [f"\n    @property\n    def {member}(self) -> {hint}:", doc, f"        return {value}"]


def _healing(meanings: str) -> Iterator[str]:
    """Yield the codes that docs/errors.md says are healed by time alone."""
    for line in meanings.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            again = cells[3]
            if again.startswith("yes") or "`Retry-After`" in again or "at hand" in again:
                yield cells[0].strip("`")
