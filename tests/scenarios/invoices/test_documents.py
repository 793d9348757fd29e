"""Documents of an invoice: each is kept once, what became of each message is recorded once."""

from __future__ import annotations

import msgspec

from ledger.invoices.activity import (
    SERVICES_MAX,
    Activity,
    AddedCredits,
    UsedCredits,
    told_by_name,
)
from ledger.invoices.documents import DocumentSendAsked
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.limits import SENDS_MAX
from tests.scenarios.commands import register
from tests.scenarios.invoice_commands import (
    credit,
    draft,
    issue,
    item,
    keep,
    send,
    sent,
    settings,
)
from tests.scenarios.invoices.folding import every, invoice_of, verify
from tests.scenarios.world import World

NUMBER = "INV-2026-000001"


def office() -> World:
    """An org with an invoice that is issued."""
    return World().given(register(), settings(), draft(item(100)), issue())


def test_a_document_is_kept_once() -> None:
    world = office().given(keep(NUMBER, "inv"))
    world.when(keep(NUMBER, "inv")).then_nothing_recorded()
    (kept,) = invoice_of(world).documents
    assert kept.number == NUMBER
    assert verify(world).exit_code == 0


def test_what_a_document_tells_of_credits_adds_up() -> None:
    told = Activity(
        from_us=1,
        until_us=2,
        from_sequence=3,
        until_sequence=9,
        opening=-5,
        closing=1,
        added=[AddedCredits("included", 20), AddedCredits("free", 3)],
        used=[UsedCredits("chat", 2, 13), UsedCredits(None, 1, 1)],
        expired=2,
        other=-1,
    )
    assert verify(office().given(keep(NUMBER, "inv", told))).exit_code == 0
    wrong = msgspec.structs.replace(told, closing=2)
    assert verify(office().given(keep(NUMBER, "inv", wrong))).exit_code == 1


def test_services_that_took_little_are_told_together() -> None:
    used = [UsedCredits(f"s{number:02}", 2, number) for number in range(SERVICES_MAX + 3)]
    told = told_by_name(used)
    assert told[0] == UsedCredits(f"s{SERVICES_MAX + 2}", 2, SERVICES_MAX + 2)
    assert told[SERVICES_MAX:] == [UsedCredits(None, 6, 3)]
    assert len(told_by_name(used[:SERVICES_MAX])) == SERVICES_MAX


def test_what_became_of_a_message_is_recorded_once() -> None:
    world = office().given(keep(NUMBER, "inv"), sent(NUMBER, "inv", 7, "550"))
    world.when(sent(NUMBER, "inv", 7)).then_nothing_recorded()
    world.given(sent(NUMBER, "inv", 8))
    assert [each.refused for each in invoice_of(world).deliveries] == ["550", None]


def test_who_asks_to_send_names_a_document_that_there_is() -> None:
    world = office().given(credit(10, note="cn"))
    world.when(send("inv", "CN-2026-000002")).then_refused(NotFound, field="number")
    world.given(send("inv", "CN-2026-000001", key="note"), keep(NUMBER, "inv"), send("inv"))
    asked = [fact for _, fact in every(world) if isinstance(fact, DocumentSendAsked)]
    assert [(e.number, e.is_kept) for e in asked] == [("CN-2026-000001", False), (NUMBER, True)]
    world.given(draft(item(1), id="draft"))
    world.when(send("draft")).then_refused(Conflict, field="id")


def test_an_invoice_is_sent_once_more_so_often_and_not_for_ever() -> None:
    world = office().given(*(send("inv", key=f"{n}") for n in range(SENDS_MAX)))
    world.when(send("inv", key="too often")).then_refused(Conflict, field="id")
