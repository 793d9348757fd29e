"""Which keys of an operator are refused at start: those that can be guessed."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from api.settings import SettingRefused, Settings
from ledger.tenancy.operator_key import weakness
from tests.api.served import OPERATOR_KEY
from tests.faults.world import OPERATOR_KEY as FAULTS_KEY

WEAK = {
    "short": "k7Qz9" * 6,
    "one character": "a" * 64,
    "two characters": "ab" * 32,
    "few characters": "1234567" * 6,
    "an alphabet": "abcdefghijklmnopqrstuvwxyz0123456789",
    "counting": "0123456789" * 4,
    "counting down": "zyxwvutsrqponmlkjihgfedcba9876543210",
    "a word again and again": "password" * 5,
    "two words again": "change-me-please" * 3,
    "a word and a number again": "secret1234" * 4,
}


@pytest.mark.parametrize("key", WEAK.values(), ids=WEAK)
def test_a_key_that_can_be_guessed_is_refused(key: str) -> None:
    assert weakness(key) is not None
    with pytest.raises(SettingRefused, match=r"TALLY_OPERATOR_KEY .*urandom"):
        Settings(operator_key=key)


@pytest.mark.parametrize("key", [OPERATOR_KEY, FAULTS_KEY])
def test_the_keys_of_these_tests_pass(key: str) -> None:
    Settings(operator_key=key)


def test_random_keys_pass_however_they_are_written() -> None:
    draw = random.Random(18)
    for _ in range(2_000):
        made = draw.randbytes(32)
        written = (
            base64.b64encode(made).decode(),
            base64.urlsafe_b64encode(made[:24]).decode(),
            made.hex(),
            made[:16].hex(),
            str(uuid.UUID(bytes=made[:16], version=4)),
        )
        assert [weakness(each) for each in written] == [None] * len(written)


def test_the_service_says_so_and_exits_with_2(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "api.cli.main", "serve", "--data", str(tmp_path)]
    result = subprocess.run(
        command,
        env={**os.environ, "TALLY_OPERATOR_KEY": "change-me-please" * 3},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 2
    assert "the same again and again" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "change-me" not in result.stdout + result.stderr
