"""Files of archives, as someone who has the folder reads and changes them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path


def lines_of(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)


def rewrite(path: Path, change: dict[str, object]) -> None:
    """Change the first event of a wallet."""
    lines = lines_of(path)
    line = next(n for n, each in enumerate(lines) if '"stream":"wallet/' in each)
    lines[line] = json.dumps(json.loads(lines[line]) | change) + "\n"
    with gzip.open(path, "wt") as file:
        file.writelines(lines)
