"""The alert rules and the dashboard: of metrics that there are, a rule for each alarm."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from api.container import Endpoints
from ledger.kernel.alarms import Alarm
from tests.api.served import served
from tests.tidy.tree import ROOT

RULES = ROOT / "ops" / "prometheus" / "alerts.yml"
TESTS = ROOT / "ops" / "prometheus" / "alerts_test.yml"
DASHBOARD = ROOT / "ops" / "grafana" / "tallystick.json"
METRIC = re.compile(r"\b(?:tally_\w+|up)\b(?=[{\[ )]|$)")
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


@pytest.fixture(scope="module")
def metrics(ends: Endpoints) -> set[str]:
    """Every metric that the service shows, also those that have no value yet."""
    with served(ends, read_models=False) as service:
        service.new_admin()
        page = service.operator.get("/metrics").text
    types = re.findall(r"^# TYPE (\w+) (\w+)$", page, re.M)
    names = {
        name.removesuffix("_total") + suffix for name, kind in types for suffix in _SUFFIXES[kind]
    }
    return names | {"up"}  # which Prometheus makes for everything that it scrapes


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        yield from group["rules"]


def test_every_metric_of_the_rules_is_shown(metrics: set[str]) -> None:
    named = {name for rule in rules() for name in METRIC.findall(rule["expr"])}
    assert named
    assert named <= metrics


def test_every_metric_of_the_dashboard_is_shown(metrics: set[str]) -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [each["expr"] for each in board["annotations"]["list"]]
    named = {name for expression in asked for name in METRIC.findall(expression)}
    assert named <= metrics
    shown = {name for name in metrics if name.startswith("tally_")}
    unseen = {name for name in shown if name.endswith(("_total", "_bucket", "seconds", "orgs"))}
    assert unseen - named == set(), "a metric that nobody sees"


def test_every_alarm_has_one_rule_that_leads_to_its_page() -> None:
    found = {}
    for rule in rules():
        for alarm in re.findall(r'alarm="(\w+)"', rule["expr"]):
            assert alarm not in found
            found[alarm] = rule
            assert rule["annotations"]["runbook"] == f"docs/alarms.md#{alarm}"
    assert sorted(found) == sorted(Alarm)


def test_every_rule_says_how_bad_it_is_and_leads_to_a_page() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        page, _, section = rule["annotations"]["runbook"].partition("#")
        text = (ROOT / page).read_text("utf-8")
        assert not section or f"\n## {section}\n" in text


def test_every_rule_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    fires: set[str] = set()
    quiet: set[str] = set()
    for test in yaml.safe_load(TESTS.read_text("utf-8"))["tests"]:
        for asked in test["alert_rule_test"]:
            (fires if asked["exp_alerts"] else quiet).add(asked["alertname"])
    assert fires == quiet == {rule["alert"] for rule in rules()}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("what", [["check", "rules", RULES.name], ["test", "rules", TESTS.name]])
def test_prometheus_takes_the_rules_and_their_tests_pass(what: list[str]) -> None:
    done = subprocess.run(
        ["promtool", *what], cwd=RULES.parent, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
