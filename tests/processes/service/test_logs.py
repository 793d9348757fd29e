"""The logs: lines that programs read, about which request, and never what somebody keeps secret or
has written."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from adapters.embedded import running_engines
from api.demo.service import Service, client, service
from api.logs import JsonLines, Lines, about
from api.settings import SettingRefused, logs_as_json
from ledger.kernel.alarms import Alarm
from tests.processes.backup.test_backup import tally

SECRET, PERSON = "sEcReT-of-the-caller-8c1f", "Ada-Lovelace-of-London-77"
REQUEST = "request-that-fails"


def record(error: Exception | None = None, **extra: Any) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("api.x", logging.ERROR, "x.py", 1, "it %s", ("failed",), info)
    made.__dict__.update(extra)
    return made


def database_error() -> Exception:
    """As psycopg tells of a row that a constraint refuses."""
    try:
        raise psycopg.errors.CheckViolation(f"violates a check\nDETAIL:  Failing row ({PERSON}).")
    except psycopg.Error as error:
        try:
            raise ValueError("what was decided cannot be stored") from error
        except ValueError as wrapped:
            return wrapped


def test_a_line_of_json_says_what_when_who_and_about_which_request() -> None:
    extra = {**Alarm.FAULT_OF_OURS.mark, **about(REQUEST, "acme")}
    line = JsonLines().format(record(database_error(), **extra))
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == "it failed"
    assert (said["level"], said["logger"]) == ("error", "api.x")
    assert (said["request"], said["org"]) == (REQUEST, "acme")
    assert (said["alarm"], said["error"]) == ("fault_of_ours", "ValueError")
    assert "violates a check" in said["traceback"]
    assert PERSON not in line


def test_a_line_for_people_says_the_request_and_no_row() -> None:
    text = Lines().format(record(database_error(), **about(REQUEST, "acme")))
    first, _, rest = text.partition("\n")
    assert first.endswith(f"api.x it failed (request {REQUEST}, org acme)")
    assert rest.startswith("Traceback")
    assert "violates a check" in rest
    assert PERSON not in text
    assert Lines().format(record()).endswith("api.x it failed")


def test_a_form_that_is_unknown_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for given, as_json in {"": False, "text": False, "json": True}.items():
        monkeypatch.setenv("TALLY_LOG", given)
        assert logs_as_json() is as_json
    monkeypatch.setenv("TALLY_LOG", "xml")
    with pytest.raises(SettingRefused, match="text or json"):
        logs_as_json()
    done = tally({"TALLY_LOG": "xml"}, "serve", "--data", str(tmp_path), expected=2)
    assert "TALLY_LOG is text or json" in done.stderr


def test_no_log_has_a_secret_or_what_a_person_wrote(tmp_path: Path) -> None:
    with service(tmp_path, environment={"TALLY_LOG": "json"}) as serving, client() as http:
        secrets = [SECRET, serving.operator_key, write_everywhere(serving, http)]
        break_the_texts(tmp_path)
        answer = post_usage(serving, http, secrets[-1], "fails", REQUEST)
        assert answer.status_code == 503, answer.text
        engines = running_engines(tmp_path)
        assert engines is not None
    logs = {path: path.read_text("utf-8", "replace") for path in tmp_path.glob("*.log*")}
    lines = [
        json.loads(line) for line in logs[tmp_path / "service.log"].splitlines() if line[0] == "{"
    ]
    failed = [line for line in lines if line.get("request") == REQUEST]
    assert failed, lines
    assert failed[0]["org"] == "acme"
    assert failed[0]["alarm"] == "fault_of_ours"
    assert "no_texts" in failed[0]["traceback"]
    for path, text in logs.items():
        for kept in (*secrets, PERSON, engines.database_url, engines.clickhouse_url):
            assert kept is not None
            assert kept not in text, f"{kept} is in {path}"


def write_everywhere(serving: Service, http: httpx.Client) -> str:
    """Write a secret and a person's text wherever a request takes any; return a key."""
    serving.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
    serving.call("POST", "/v1/billing/deposits", {"user": "u", "amount": 5}, org="acme")
    adjustment = {"user": "u", "amount": "-1", "reason": PERSON}
    serving.call("POST", "/v1/billing/adjustments", adjustment, org="acme")
    body = {"name": "gateway", "role": "gateway"}
    key = str(serving.call("POST", "/v1/orgs/acme/api-keys", body)["secret"])
    assert post_usage(serving, http, key, "works", "first").status_code == 201
    operator = {"Authorization": f"Bearer {serving.operator_key}", "X-Org": "acme"}
    agent = {"User-Agent": PERSON, "Cookie": f"session={SECRET}"}
    for headers in (
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": f"Bearer {key}", "X-Org": PERSON},
        {**operator, "Idempotency-Key": SECRET, "Content-Type": "text/plain"},
        {**operator, "Idempotency-Key": "k", "Content-Type": "application/json"},
    ):
        for path in ("deposits", "usage", "holds", f"transactions?user={PERSON}&cursor={SECRET}"):
            with suppress(httpx.HTTPError):
                url = f"{serving.url}/v1/billing/{path}"
                http.post(url, headers=headers | agent, content=f'{{"reason": "{PERSON}", {SECRET}')
                http.get(url, headers=headers | agent)
    return key


def post_usage(
    serving: Service, http: httpx.Client, key: str, id_: str, request: str
) -> httpx.Response:
    line = {"id": id_, "user": "u", "amount": "0.5", "metadata": {"name": PERSON}}
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": request, "User-Agent": PERSON}
    return http.post(f"{serving.url}/v1/billing/usage", json=line, headers=headers)


def break_the_texts(data: Path) -> None:
    """Have the database refuse every text, and say in its DETAIL which."""
    engines = running_engines(data)
    assert engines is not None
    with psycopg.connect(str(engines.database_url), autocommit=True) as connection:
        connection.execute(
            "ALTER TABLE tally.texts ADD CONSTRAINT no_texts CHECK (false) NOT VALID"
        )
