"""The helpers for the tests of users, as a user has them: by pytest, in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from api.container import Endpoints

TESTS = """
from decimal import Decimal

import pytest

from tallystick import Client, problems
from tallystick.testing import RunningLedger


def test_usage_is_charged(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=5)
    ledger.record_usage(user="ann", amount=Decimal("1.5"))
    assert ledger.balance(user="ann").available == Decimal("3.5")


def test_another_test_has_another_org(ledger: Client) -> None:
    assert ledger.balance(user="ann").available == 0


def test_a_gateway_may_not_give_credit(ledger_service: RunningLedger) -> None:
    key = ledger_service.new_key(ledger_service.new_org(), "gateway")
    with Client(ledger_service.url, key) as gateway, pytest.raises(problems.Forbidden):
        gateway.deposit(user="ann", amount=5)
"""


def test_a_user_has_a_ledger_in_a_fixture(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    ends = new_endpoints()
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tallystick.testing"]\n')
    (tmp_path / "test_mine.py").write_text(TESTS)
    environment = {
        **os.environ,
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(
        words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=200
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
