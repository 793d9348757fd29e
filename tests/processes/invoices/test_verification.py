"""Verification of documents: one that is another than its fact says, or is gone, is found; one that
cannot be read is not passed; one of an erased person may be gone."""

from __future__ import annotations

from pathlib import Path

from adapters.blobs import blobs_at
from api.container import StoreSnapshot
from api.verification.documents import KIND, DocumentComparison
from api.verification.options import Options
from api.verification.verify import verify
from ledger.kernel.report import Check
from tests.processes.invoices.office import Office, Org


def compared(office: Office, org: Org, place: Path | None = None) -> Check:
    """What is found of an org's documents."""
    check = Check(KIND)
    with StoreSnapshot(office.service.ends.database.writer) as store:
        comparison = DocumentComparison(check, blobs_at(str(place or office.blobs)), store)
        invoices, statements = map(store.declared, ("invoice_states", "month_statements"))
        comparison.run(invoices, statements, lambda each: each == org.admin.org)
    return check


def kept(office: Office, org: Org) -> list[Path]:
    """Where an org's documents are."""
    assert org.admin.org is not None
    return sorted((office.blobs / org.admin.org).iterdir())


def test_documents_are_read_and_one_that_was_changed_is_found(office: Office, org: Org) -> None:
    org.issued()
    office.work()
    report = verify(
        office.service.ends, options=Options(org=org.admin.org, blobs=blobs_at(str(office.blobs)))
    )
    assert (report[KIND].checked, report[KIND].skipped, report.wrong) == (2, None, 0)
    pdf = next(each for each in kept(office, org) if each.suffix == ".pdf")
    pdf.write_bytes(b"another")
    check = compared(office, org)
    assert check.wrong == 1
    assert "the pdf of INV-" in str(check.first)


def test_one_that_is_gone_is_found_unless_whom_it_names_was_erased(
    office: Office, org: Org
) -> None:
    org.issued()
    office.work()
    kept(office, org)[0].unlink()
    check = compared(office, org)
    assert (check.checked, check.wrong) == (2, 1)
    org.admin.erase("ada")
    check = compared(office, org)
    assert (check.checked, check.wrong) == (2, 0)
    kept(office, org)[0].write_bytes(b"another")
    assert compared(office, org).wrong == 1


def test_what_cannot_be_read_is_not_passed(office: Office, org: Org, tmp_path: Path) -> None:
    org.issued()
    office.work()
    (tmp_path / "file").write_text("no folder")
    check = compared(office, org, tmp_path / "file")
    assert (check.checked, check.wrong, check.unchecked) == (0, 0, 2)


def test_who_names_no_place_is_told_that_none_was_looked_at(office: Office, org: Org) -> None:
    report = verify(office.service.ends, options=Options(org=org.admin.org))
    assert "not looked for" in str(report[KIND].skipped)
