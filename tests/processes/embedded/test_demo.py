"""The demonstration ends well: totals agree and everything is verified, also what was signed, also
on a ledger that was restored, where credits are bought then."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROWS = [f"2026-02-01 00:00:{n:02}.000000,{100 + n},{10 + n}" for n in range(40)]


def test_a_trace_agrees_and_verifies_and_again_on_a_backup_of_its_midst(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *ROWS]) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "demo", "--data", str(tmp_path / "data"),
         "--trace", str(trace), "--clients", "4", "--restored"],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOT ALL CHECKED" not in done.stdout
    printed = " ".join(done.stdout.split())
    assert printed.count("The same totals from four places") == 2
    replayed = [int(each) for each in re.findall(r"; (\d+) were twins and retries", printed)]
    assert printed.count("The same money in three places") == 1
    money = re.findall(r"(sandbox|ledger|journal) │ (\d+\.\d\d) │ (\d+\.\d\d)", printed)
    assert money == [(each, "23.32", "0.00") for each in ("sandbox", "ledger", "journal")]
    assert "tally reconcile stripe: 0 differences" in printed
    assert len(ROWS) // 2 <= replayed[1] - replayed[0] < len(ROWS)
