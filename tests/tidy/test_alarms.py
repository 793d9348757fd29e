"""Alarms: each has its page, and each line of the log that says so is counted."""

from __future__ import annotations

import ast
import re

from ledger.kernel.alarms import Alarm
from tests.tidy.tree import COLUMNS, ROOT, modules

PAGE = (ROOT / "docs" / "alarms.md").read_text("utf-8")


def test_every_alarm_has_its_section_and_no_other_has() -> None:
    sections = re.findall(r"^## (\S+)$", PAGE, re.M)
    assert sections == sorted(sections)
    assert sections == sorted(Alarm)


def test_every_alarm_is_raised_and_every_line_that_cries_is_counted() -> None:
    raised: set[str] = set()
    uncounted: list[str] = []
    for module in modules(*COLUMNS):
        if "Alarm" not in module.text and "ALARM" not in module.text:
            continue
        for call in ast.walk(module.tree):
            if not isinstance(call, ast.Call):
                continue
            text = ast.unparse(call)
            marks = re.findall(r"Alarm\.([A-Z_]+)\.mark", text)
            raised.update(marks)
            if text.startswith("_log.") and "'ALARM: " in text and not marks:
                uncounted.append(f"{module.path}:{call.lineno}")
    assert uncounted == []
    assert raised == set(Alarm.__members__)
