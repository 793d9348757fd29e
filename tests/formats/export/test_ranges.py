"""Bundles of any range verify, also where nothing of ours is installed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from api.queries.export import evidence
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.times import parse_time
from tests.formats.export.bundles import SCRIPT, Forger, Sealed, check, found, stranger
from tests.scenarios.invoice_commands import content


@pytest.mark.parametrize(
    ("org", "from_", "to"),
    [
        ("acme", None, None),
        ("acme", "1", "1"),
        ("acme", "7", "7"),
        ("acme", "20", "60"),
        ("acme", "60", None),
        ("acme", "2026-02-04", "2026-02-06"),
        ("acme", "2026-02-05T02:00:00Z", None),
        ("acme", "5", "2026-02-05"),
        ("acme", None, "2026-02-02"),
        ("acme", "2026-02-02", "2026-02-03"),
        ("acme", "2020-01-01", "2020-02-01"),
        ("acme", "2036-01-01", "2036-02-01"),
        ("pooled", None, None),
        ("pooled", "2026-02-06", None),
        ("platform", None, None),
    ],
)
def test_a_bundle_of_any_range_verifies(
    told: Sealed, tmp_path: Path, org: str, from_: str | None, to: str | None
) -> None:
    report = check(told.export(tmp_path / "b", org, from_, to), *told.keys)
    assert report.exit_code == 0, list(report.lines())


def test_every_check_has_looked_at_something(told: Sealed, tmp_path: Path) -> None:
    report = check(told.export(tmp_path / "b", "pooled", "2026-02-01", "2026-02-09"), *told.keys)
    assert report["prices"].checked >= 5
    assert report["cards"].checked >= 3
    assert report["months"].checked == 6  # two meters of three lines
    report = check(told.export(tmp_path / "a", "acme", "2026-02-01", "2026-02-06"), *told.keys)
    unchecked = {kind for kind, each in report.checks.items() if not each.checked}
    # months: checked in whole chains only, documents: where they are given
    assert unchecked - {"months"} == {"seen", "documents"}


def test_documents_that_the_receiver_holds_are_compared(told: Sealed, tmp_path: Path) -> None:
    bundle, held = told.export(tmp_path / "b"), tmp_path / "held"
    (held / "acme").mkdir(parents=True)
    kept = [(number, kind) for number in ("R-0007", "R-0008") for kind in ("pdf", "xml")]
    for number, kind in [*kept, ("2026-02", "pdf")]:
        made = content(number, kind)
        (held / "acme" / f"{hashlib.sha256(made).hexdigest()}.{kind}").write_bytes(made)
    pdf, xml = (content("R-0007", kind) for kind in ("pdf", "xml"))
    kept_pdf = held / "acme" / f"{hashlib.sha256(pdf).hexdigest()}.pdf"
    kept_xml = held / "acme" / f"{hashlib.sha256(xml).hexdigest()}.xml"
    kept_pdf.unlink()
    report = check(bundle, *told.keys, documents=held)
    assert (report.exit_code, report["documents"].checked) == (2, 4)
    assert "the pdf of 'R-0007' is not there" in str(report["documents"].unchecked)
    kept_pdf.write_bytes(pdf)
    assert check(bundle, *told.keys, documents=held).exit_code == 0
    kept_xml.write_bytes(b"another")
    report = check(bundle, *told.keys, documents=held)
    assert (report.exit_code, report["documents"].wrong) == (1, 1)


def test_a_period_in_which_nothing_happened_is_proven_empty(told: Sealed, tmp_path: Path) -> None:
    bundle = told.export(tmp_path / "b", "acme", "2026-02-02", "2026-02-03")
    report = check(bundle, *told.keys)
    assert not list(bundle.glob("events-*"))
    assert report["borders"].checked == 3
    assert "no events" in report.facts[0]


def test_a_range_in_many_pages_verifies(
    told: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check(told.export(tmp_path / "whole"), *told.keys)
    monkeypatch.setattr(evidence, "PAGE_BYTES", 2_000)
    bundle = told.export(tmp_path / "b")
    report = check(bundle, *told.keys)
    assert len(list(bundle.glob("events-*"))) > 10
    assert report.exit_code == 0, list(report.lines())
    assert report["hashes"].checked == whole["hashes"].checked


def test_a_stranger_verifies_with_the_verifier_in_the_bundle(
    told: Sealed, tmp_path: Path, site: Path
) -> None:
    bundle = told.export(tmp_path / "b", "acme", "2026-02-01", "2026-02-06")
    assert (bundle / "verify.py").read_bytes() == SCRIPT.read_bytes()
    code, said = stranger(site, bundle / "verify.py", "--key", told.keys[0], str(bundle))
    assert code == 0, said
    assert "All was checked and is right." in said
    shutil.move(bundle, tmp_path / "acme")
    packed = shutil.make_archive(str(tmp_path / "acme"), "gztar", tmp_path, "acme")
    assert stranger(site, SCRIPT, "--key", told.keys[0], packed) == (code, said)


def test_without_a_key_the_stranger_is_told_so(told: Sealed, tmp_path: Path, site: Path) -> None:
    bundle = told.export(tmp_path / "b", "acme", "3", "9")
    code, said = stranger(site, SCRIPT, str(bundle))
    assert code == 2
    assert "you have not said which key you trust" in said


@pytest.mark.parametrize(
    ("from_", "to", "field"),
    [
        ("0", None, "from"),
        ("-1", None, "from"),
        ("yesterday", None, "from"),
        ("9999", None, "from"),
        (None, "9999", "to"),
        ("9", "7", "to"),
        ("2026-02-02", "2026-02-02", "to"),
        ("2026-02-30", None, "from"),
        ("60", "2026-02-01", "to"),
    ],
)
def test_what_is_no_range_is_refused_by_name(
    told: Sealed, tmp_path: Path, from_: str | None, to: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        told.export(tmp_path / "b", "acme", from_, to)
    assert refused.value.field == field
    assert not (tmp_path / "b").exists()


def test_an_org_without_events_is_refused(told: Sealed, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        told.export(tmp_path / "b", "nobody")


def test_an_event_left_out_at_the_edge_of_a_period_is_found(told: Sealed, tmp_path: Path) -> None:
    """Even by the ledger itself: the events just outside show their times."""
    honest = check(told.export(tmp_path / "b", "acme", "2026-02-04", "2026-02-06"), *told.keys)
    assert honest.exit_code == 0
    at = parse_time("2026-02-04T00:00:00Z", "at")
    first, last = _edges(tmp_path / "b")
    for number, changed in enumerate(({"first": first + 1}, {"last": last - 1})):
        bundle = told.export(tmp_path / f"b{number}", "acme", "2026-02-04", "2026-02-06", **changed)
        assert found(check(bundle, *told.keys)) == {"borders"}
    bundle = told.export(tmp_path / "wide", "acme", str(first - 1), str(last), from_us=at)
    assert {"times"} <= found(check(bundle, *told.keys))


def _edges(bundle: Path) -> tuple[int, int]:
    manifest = Forger(bundle).manifest
    return manifest["first"], manifest["last"]
