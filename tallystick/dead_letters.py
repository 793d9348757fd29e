"""Dead letters: usage lines that the ledger refused for good, each with the reason."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tallystick.json_values import members, to_json
from tallystick.problem import Problem
from tallystick.values import UsageLine


@dataclass(frozen=True)
class RefusedLine:
    """A line that was not charged, and never will be as it is."""

    line: UsageLine
    problem: Problem


class DeadLetters:
    """A file with a line of JSON for each refused line. After a crash one may stand there twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, refused: RefusedLine) -> None:
        """Write one down, on the disk before this returns."""
        value = {"line": members(refused.line), "problem": to_json(refused.problem.members)}
        text = json.dumps(value, ensure_ascii=False) + "\n"
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
