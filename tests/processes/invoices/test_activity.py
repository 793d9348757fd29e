"""Activity of credits, whole: an invoice of a renewal tells what happened in the period before, as
the statement says at the sequences that are printed on it, to the unit."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from adapters.documents.pdf import TypstDocuments
from adapters.postgres.invoices import PostgresInvoices
from api.commands.subscriptions.advance import AdvanceSubscription
from ledger.invoices.printing import printed
from ledger.kernel.actor import Actor
from ledger.kernel.times import DAY_US, month_of, parse_time
from tests.api.invoices.story import BILLING, INVOICES
from tests.api.served import Json, done
from tests.processes.invoices.office import Office, Org

PLAN = {
    "id": "metered",
    "name": "Metered",
    "price": "7",
    "currency": "eur",
    "net_days": 30,
    "credits_included": "100",
    "overage": "invoice",
    "overage_price": "10",
}
ADDED = ("deposit", "grant", "adjustment", "conversion")


def renewed(office: Office, org: Org, *uses: tuple[str, str | None]) -> str:
    """The path of the invoice of a second period, before which credits were bought and used."""
    admin = org.admin
    assert admin.org is not None
    done(admin.send(f"{BILLING}/plans", PLAN, method="PUT"))
    admin.deposit("ada", "5.000001")
    begun = done(admin.send(f"{BILLING}/subscribe", {"plan": "metered", "user": "ada"}))
    (owed,) = begun["subscription"]["owed"]
    done(admin.send(f"{INVOICES}/{owed['invoice']}/payments", {}))
    for amount, service in uses:
        done(admin.use("ada", amount, **({"service": service} if service else {})))
    office.service.let_pass(admin.org, 32 * 86_400)
    office.run(AdvanceSubscription(admin.org, Actor("tally", "tests", ""), "ada"))
    (owed,) = done(admin.get(f"{BILLING}/subscription", user="ada"))["owed"]
    office.work()
    office.work_later()  # where the transactions were behind
    return f"{INVOICES}/{owed['invoice']}"


def test_it_equals_the_statement_to_the_unit(office: Office, org: Org) -> None:
    uses = (("61.5", "chat"), ("40", "search"), ("20.000001", "chat"), ("3", None))
    path = renewed(office, org, *uses)
    found = org.look(path)
    told = found["activity"]
    # All but the deposit, which came before the period: 100 came in and 124.500001 were used.
    assert told["used"] == [
        {"service": "chat", "requests": 2, "credits": "81.500001"},
        {"service": "search", "requests": 1, "credits": "40"},
        {"service": "", "requests": 1, "credits": "3"},
    ]
    assert told["added"] == [{"kind": "included", "credits": "100"}]
    assert (told["opening"], told["closing"]) == ("5.000001", "-19.5")
    assert [each["source"] for each in found["bill"]["lines"]] == ["subscription", "overage"]
    assert Decimal(found["bill"]["lines"][1]["credits"]) == -Decimal(told["closing"])
    _equals_statements(org, told)


def test_a_first_invoice_tells_of_nothing_before_it(office: Office, org: Org) -> None:
    path = org.issued()
    office.work()
    assert len(org.look(path)["documents"]) == 1
    assert org.look(path)["activity"] is None


def test_the_document_that_tells_of_it_is_the_same_when_made_again(
    office: Office, org: Org
) -> None:
    path = renewed(office, org, ("1", "chat"))
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
    assert document.activity is not None
    assert document.activity.is_balanced
    assert org.admin.get(f"{path}.pdf").content == TypstDocuments().pdf(document)


def _equals_statements(org: Org, told: Json) -> None:
    """Compare it with the difference of the statements at its two sequences, month by month."""
    first, last = (parse_time(told[each], each) for each in ("from", "to"))
    months = sorted({month_of(us) for us in range(first, last, DAY_US)} | {month_of(last - 1)})
    at_end = [_statement(org, month, told["until_sequence"]) for month in months]
    at_start = [_statement(org, month, told["from_sequence"]) for month in months]
    assert Decimal(told["closing"]) == Decimal(at_end[-1]["closing"])
    assert Decimal(told["opening"]) == Decimal(at_start[-1]["closing"])
    moved = _moves(at_end)
    moved.subtract(_moves(at_start))
    added = sum(moved[f"in {each}"] for each in ADDED)
    assert sum(Decimal(each["credits"]) for each in told["added"]) == added
    assert sum(Decimal(each["credits"]) for each in told["used"]) == moved["out usage"]
    assert Decimal(told["expired"]) == moved["out expiry"]


def _statement(org: Org, month: str, sequence: int) -> Json:
    return done(
        org.admin.get(f"{BILLING}/statement", user="ada", period=month, as_of=str(sequence))
    )


def _moves(statements: list[Json]) -> Counter[str]:
    """What moved in all, by direction and category."""
    moved: Counter[str] = Counter()
    for each in statements:
        for side in ("in", "out"):
            for category, amount in each[side]["categories"].items():
                moved[f"{side} {category}"] += Decimal(amount)  # type: ignore[assignment]
    return moved
