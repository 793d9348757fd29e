"""Traces: one debit is one trace from its socket to its commit, in two processes; nothing where
nobody asks."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from api.demo.service import Service, client, service
from api.settings import SettingRefused, traces_wanted

proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
pytest.importorskip("opentelemetry.sdk.trace")

PERSON = "Ada-Lovelace-of-London-77"


@dataclass
class Collector:
    """Takes OTLP over HTTP."""

    url: str = ""
    spans: list[tuple[dict[str, Any], Any]] = field(default_factory=list)
    """Of what resource, and the span."""

    bodies: list[bytes] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        request = proto.ExportTraceServiceRequest.FromString(body)
        self.bodies.append(body)
        for each in request.resource_spans:
            resource = values(each.resource.attributes)
            self.spans += [(resource, span) for scope in each.scope_spans for span in scope.spans]


def values(attributes: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in attributes}


@contextmanager
def collector() -> Iterator[Collector]:
    taken = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip  # noqa: PLC0415  # only here

                body = gzip.decompress(body)
            taken.take(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_debit_is_one_trace_from_its_socket_to_its_commit(tmp_path: Path) -> None:
    with collector() as taken:
        with service(tmp_path, environment={"TALLY_TRACES_URL": taken.url}) as serving:
            post(serving)
        named = [
            (resource, span)
            for resource, span in taken.spans
            if values(span.attributes).get("tally.request") == "the-debit"
        ]
        ((http, first),) = named
        trace = [
            (resource, span) for resource, span in taken.spans if span.trace_id == first.trace_id
        ]
    assert first.name == "POST /v1/billing/usage"
    assert values(first.attributes)["http.response.status_code"] == 201
    assert [link.trace_id.hex() for link in first.links] == ["0af7651916cd43dd8448eb211c80319c"]
    assert sorted(span.name for _, span in trace) == ["POST /v1/billing/usage", "commit", "decide"]
    by_name = {span.name: (resource, span) for resource, span in trace}
    writer, decide = by_name["decide"]
    _, commit = by_name["commit"]
    assert (http["tally.process"], writer["tally.process"]) == ("http", "writer")
    assert http["process.pid"] != writer["process.pid"]
    assert decide.parent_span_id == commit.parent_span_id == first.span_id
    times = [
        *(first.start_time_unix_nano, decide.start_time_unix_nano, decide.end_time_unix_nano),
        *(commit.start_time_unix_nano, commit.end_time_unix_nano, first.end_time_unix_nano),
    ]
    assert times == sorted(times)


def test_every_way_of_a_request_is_traced_and_no_trace_names_a_person(tmp_path: Path) -> None:
    with collector() as taken:
        with service(tmp_path, environment={"TALLY_TRACES_URL": taken.url}) as serving:
            post(serving)
            serving.call("GET", f"/v1/billing/transactions?user={PERSON}", org="acme")
            with client() as http:
                assert http.get(f"{serving.url}/v1/{PERSON}").status_code in (401, 404)
            secret = serving.operator_key
        names = {span.name for _, span in taken.spans}
    assert {"POST /v1/orgs", "GET /v1/billing/transactions", "POST /v1/billing/usage"} <= names
    assert not any(PERSON.encode() in body or secret.encode() in body for body in taken.bodies)


def post(serving: Service) -> None:
    serving.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
    serving.call("POST", "/v1/billing/deposits", {"user": "u", "amount": 5}, org="acme")
    body = {"name": "gateway", "role": "gateway"}
    key = str(serving.call("POST", "/v1/orgs/acme/api-keys", body)["secret"])
    headers = {
        "Authorization": f"Bearer {key}",
        "X-Request-Id": "the-debit",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    line = {"id": "d1", "user": "u", "amount": "0.5", "metadata": {"name": PERSON}}
    with client() as http:
        answer = http.post(f"{serving.url}/v1/billing/usage", json=line, headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.headers["X-Request-Id"] == "the-debit"


@pytest.mark.slow
def test_a_collector_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    nowhere = {"TALLY_TRACES_URL": "http://127.0.0.1:9/v1/traces"}
    with service(tmp_path, environment=nowhere) as serving:
        post(serving)


def test_where_nobody_asks_nothing_is_loaded_and_nothing_stands_in_the_way() -> None:
    program = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "import api.http.app as app\n"
        "import api.writer.work as work\n"
        "app.create_app = lambda service: None\n"
        "front = app.create_front(SimpleNamespace(credentials=None))\n"
        "made = work.spans_of('writer')\n"
        "print(type(front).__name__, made, 'opentelemetry.sdk' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, env={}
    )
    assert done.stdout.split() == ["FastPath", "None", "False"], done.stderr


@pytest.mark.parametrize(
    ("url", "ratio", "said"),
    [
        ("collector:4318", "1", "TALLY_TRACES_URL"),
        ("http://c/v1/traces", "2", "TALLY_TRACES_RATIO"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, ratio: str, said: str
) -> None:
    monkeypatch.setenv("TALLY_TRACES_URL", url)
    monkeypatch.setenv("TALLY_TRACES_RATIO", ratio)
    with pytest.raises(SettingRefused, match=re.escape(said)):
        traces_wanted()
