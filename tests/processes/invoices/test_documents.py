"""Documents of invoices: made and kept once when they are issued, sent once, and once more for each
time that it is asked; whatever is away meanwhile, the issue stands."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from pathlib import Path

from adapters.documents.pdf import TypstDocuments
from adapters.postgres.invoices import PostgresInvoices
from ledger.invoices.printing import printed
from tests.api.invoices.story import BILLING, PAYER, SETTINGS
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, sell
from tests.api.problems import problem
from tests.api.served import done
from tests.processes.invoices.office import Office, Org


def test_an_issued_invoice_is_made_kept_and_sent_once(office: Office, org: Org) -> None:
    path = org.issued()
    problem(org.admin.get(f"{path}.pdf"), 404, "not_found", "id")
    office.work()
    office.work_later()
    found = org.look(path)
    (document,) = found["documents"]
    (delivery,) = found["deliveries"]
    assert (delivery["number"], delivery["refused"]) == (found["number"], None)
    for kind, media_type in (("pdf", "application/pdf"), ("xml", "application/xml")):
        answer = org.admin.get(f"{path}.{kind}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert hashlib.sha256(answer.content).hexdigest() == document[f"{kind}_sha256"]
        assert f'filename="{found["number"]}.{kind}"' in answer.headers["content-disposition"]
    (message,) = office.came_to(org.email)
    (attached,) = message.iter_attachments()
    assert hashlib.sha256(attached.get_content()).hexdigest() == document["pdf_sha256"]
    assert found["number"] in str(message["Subject"])


def test_a_document_that_is_made_again_has_the_same_bytes(office: Office, org: Org) -> None:
    path = org.issued()
    office.work()
    states = PostgresInvoices(office.service.ends.database.writer)
    try:
        assert org.admin.org is not None
        state = states.of(org.admin.org, path.rpartition("/")[2])
        assert state is not None
        assert state.issued is not None
        address = states.address(org.admin.org, state.issued.payer.address)
        document = printed(org.admin.org, state, state.issued.number, address)
    finally:
        states.close()
    again = TypstDocuments()
    assert org.admin.get(f"{path}.pdf").content == again.pdf(document)
    assert org.admin.get(f"{path}.xml").content == again.xml(document)


def test_a_credit_note_is_a_document_of_its_own(office: Office, org: Org) -> None:
    path = org.issued()
    back = done(org.admin.send(f"{path}/credit-notes", {"amount": "10", "reason": "too slow"}))
    number = back["credit_note"]["number"]
    problem(org.admin.get(f"{path}.pdf", number=number), 404, "not_found", "number")
    office.work()
    content = org.admin.get(f"{path}.xml", number=number).content
    assert b"<ram:TypeCode>381</ram:TypeCode>" in content
    assert b"too slow" in content
    found = org.look(path)
    assert {each["number"] for each in found["documents"]} == {found["number"], number}
    done(org.admin.send(f"{path}/send", {"number": number}))
    problem(org.admin.send(f"{path}/send", {"number": "CN-0"}), 404, "not_found", "number")
    office.work()
    subjects = [str(each["Subject"]) for each in office.came_to(org.email)]
    assert sorted(number in each for each in subjects) == [False, True, True]


def test_a_server_that_is_away_is_asked_again_and_one_that_refuses_is_not(
    office: Office, org: Org
) -> None:
    path = org.issued()
    office.work(smtp_url="smtp://127.0.0.1:1")
    office.mail.data[org.email] = "451 later"
    office.work_later()
    assert org.refusals(path) == []
    office.mail.data.clear()
    office.mail.recipients[org.email] = "550 5.1.1 no such user"
    office.work_later()
    assert org.refusals(path) == ["550"]
    office.mail.recipients.clear()
    office.work_later()
    assert org.refusals(path) == ["550"]
    assert office.came_to(org.email) == []


def test_what_is_asked_for_goes_once_more_to_where_mail_goes_now(office: Office, org: Org) -> None:
    path = org.issued()
    office.work()
    moved = f"moved-{org.email}"
    org.knows(email=moved)
    asked = done(org.admin.send(f"{path}/send", {}, key="once more"))
    assert done(org.admin.send(f"{path}/send", {}, key="once more")) == asked
    office.work()
    office.work_later()
    assert org.refusals(path) == [None, None]
    assert (len(office.came_to(org.email)), len(office.came_to(moved))) == (1, 1)
    org.knows(email=None)
    done(org.admin.send(f"{path}/send", {}))
    office.work()
    org.knows(email="no address")
    done(org.admin.send(f"{path}/send", {}))
    office.work()
    assert org.refusals(path)[2:] == ["nobody", "recipient"]


def test_where_nothing_can_be_kept_the_issue_stands_and_the_document_follows(
    office: Office, org: Org, tmp_path: Path
) -> None:
    path = org.issued()
    (tmp_path / "file").write_text("no folder")
    office.work(blobs_url=str(tmp_path / "file"))
    found = org.look(path)
    assert (found["status"], found["documents"]) == ("open", [])
    office.work_later()
    assert len(org.look(path)["documents"]) == 1


def test_a_document_that_could_not_be_made_is_made_for_who_asks_to_send_it(
    office: Office, org: Org
) -> None:
    path = org.issued()
    done(org.admin.send(f"{path}/send", {}))
    office.work()
    assert (len(org.look(path)["documents"]), org.refusals(path)) == (1, [None])
    assert len(office.came_to(org.email)) == 1


def test_what_was_made_void_before_it_was_sent_is_not(office: Office, org: Org) -> None:
    path = org.issued()
    done(org.admin.send(f"{path}/void", {}))
    office.work()
    assert (len(org.look(path)["documents"]), org.refusals(path)) == (1, [])
    assert office.came_to(org.email) == []


def test_who_is_erased_gets_no_mail_and_is_in_no_document_that_is_made_later(
    office: Office, org: Org
) -> None:
    before, later = org.issued(), org.issued()
    name = str(PAYER["name"])
    office.work()
    kept = org.admin.get(f"{before}.xml").content
    org.knows(email=f"second-{org.email}")
    note = done(org.admin.send(f"{later}/credit-notes", {"amount": "10", "reason": f"of {name}"}))
    done(org.admin.send(f"{later}/send", {}))
    org.admin.erase("ada")
    office.work()
    assert name.encode() in kept
    assert org.admin.get(f"{before}.xml").content == kept
    made = org.admin.get(f"{later}.xml", number=note["credit_note"]["number"]).content
    assert name.encode() not in made
    assert office.came_to(f"second-{org.email}") == []
    assert org.refusals(later)[-1] == "nobody"


def test_a_document_that_was_changed_where_it_is_kept_is_not_shown(
    office: Office, org: Org
) -> None:
    path = org.issued()
    office.work()
    sha256 = org.look(path)["documents"][0]["pdf_sha256"]
    (kept,) = (office.settings.data / "blobs").rglob(f"{sha256}.pdf")
    kept.write_bytes(b"%PDF-1.7 another")
    problem(org.admin.get(f"{path}.pdf"), 503, "unavailable", None)
    assert org.admin.get(f"{path}.xml").status_code == 200
    kept.unlink()
    problem(org.admin.get(f"{path}.pdf"), 503, "unavailable", None)


def test_members_see_documents_of_their_own(office: Office, org: Org) -> None:
    path = org.issued()
    office.work()
    assert org.admin.org is not None
    ada, bo = (office.service.issue(org.admin.org, "member", user) for user in ("ada", "bo"))
    assert ada.get(f"{path}.pdf").status_code == 200
    problem(bo.get(f"{path}.pdf"), 404, "not_found", "id")
    problem(ada.send(f"{path}/send", {}), 403, "forbidden", None)


def test_without_a_server_mail_is_a_file_and_without_a_sender_it_is_refused(
    office: Office, org: Org
) -> None:
    path = org.issued()
    office.work(smtp_url=None)
    assert org.refusals(path) == [None]
    outbox = (office.settings.data / "outbox").iterdir()
    read = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in outbox]
    (message,) = [each for each in read if each["To"] == org.email]
    assert "Acme GmbH" in str(message["From"])
    done(org.admin.send(f"{BILLING}/invoice-settings", SETTINGS, method="PUT"))
    other = org.issued()
    office.work()
    assert org.refusals(other) == ["sender"]


def test_the_invoice_of_a_guests_order_goes_to_the_address_of_the_order(
    office: Office, org: Org
) -> None:
    sell(org.admin, mug="20")
    email = f"guest@{org.admin.org}.example"
    bill_to = {"name": "Bo Guest", "country": "FR", "city": "Lyon"}
    body = asked("23.80", ("mug", 1), email=email, billing_address=bill_to)
    order = f"{ORDERS}/{done(org.admin.send(CHECKOUT, body))['order']}"
    assert done(org.admin.get(order))["invoice"] is None
    paid = done(org.admin.send(f"{order}/confirm-transfer", {"reference": "T-1"}))
    back = done(org.admin.send(f"{order}/refunds", {"amount": "5"}))["refund"]
    done(org.admin.send(f"{order}/refunds/{back}/confirm", {"reference": "T-2"}))
    for _ in range(2):
        office.work_later()
    found = org.look(f"{BILLING}/invoices/{paid['invoice']}")
    assert (found["bill"]["total"], found["status"], found["reference"]) == (
        *("23.80", "paid", paid["number"]),
    )
    assert (found["payer"]["name"], found["payer"]["email"]) == ("Bo Guest", email)
    (note,) = found["credit_notes"]
    assert note["total"] == "5.00"
    assert len(office.came_to(email)) == 2
    xml = org.admin.get(f"{BILLING}/invoices/{paid['invoice']}.xml").text
    assert "<ram:CountryID>FR</ram:CountryID>" in xml
