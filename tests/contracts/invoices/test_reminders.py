"""Reminders: every topic in every language, what payers have written is text, a link is a link."""

from __future__ import annotations

import msgspec
import pytest

from adapters.documents.language import LANGUAGES
from adapters.documents.reminders import MailedReminders
from ledger.invoices.payment_page import check_payment_url, page_of
from ledger.kernel.errors import Invalid
from ledger.subscriptions.reminder import Reminder, Topic
from tests.contracts.invoices import samples

LETTERS = MailedReminders()


def reminder(topic: Topic, language: str = "en", **changed: object) -> Reminder:
    said = Reminder(
        topic=topic,
        language=language,
        seller="Acme & Sons",
        payer="<b>Ada</b>",
        plan="Pro",
        currency="eur",
        amount=2_380,
        email="billing@acme.example",
        number="INV-2026-000007",
        at_us=samples.day(2026, 3, 4),
        pay_url="https://pay.example/?a=1&b=2",
    )
    return msgspec.structs.replace(said, **changed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("at_us", [samples.day(2026, 3, 4), None])
def test_it_says_all_that_is_to_be_known(topic: Topic, language: str, at_us: int | None) -> None:
    said = reminder(topic, language, at_us=at_us)
    letter = LETTERS.letter(said)
    assert letter == LETTERS.letter(said)
    assert "Pro" in letter.subject
    assert "Acme & Sons" in letter.subject
    for part in ("Pro", "23", "https://pay.example/?a=1&b=2", "billing@acme.example"):
        assert part in letter.text
    assert ("2026" in letter.text.replace("INV-2026", "")) is (at_us is not None) or topic in (
        Topic.ENDED,
        Topic.TRIAL_ENDS,
    )
    assert "<b>" not in letter.html
    assert "&lt;b&gt;" in letter.html
    assert 'href="https://pay.example/?a=1&amp;b=2"' in letter.html
    assert f'lang="{language}"' in letter.html
    is_of_invoice = topic not in (Topic.TRIAL_ENDS, Topic.HALF_OF_LIMIT)
    assert ("INV-2026-000007" in letter.text) is is_of_invoice
    assert "None" not in letter.text + letter.html or topic is Topic.TRIAL_ENDS


def test_without_a_page_there_is_no_link() -> None:
    letter = LETTERS.letter(reminder(Topic.PAST_DUE, pay_url=None))
    assert "http" not in letter.text
    assert "href" not in letter.html


def test_a_page_is_named_by_its_invoice() -> None:
    url = check_payment_url("https://pay.example/{user}?n={number}&i={invoice}", "payment_url")
    page = page_of(url, invoice="inv_1", number="R 7/2026", user="a@b/c")
    assert page == "https://pay.example/a%40b%2Fc?n=R%207%2F2026&i=inv_1"


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://pay.example", "javascript:alert(1)", "https://", "https:///x", "pay.example"),
        *("https://{user}.example/", "https://pay.example/{secret}", "https://pay.example/{user"),
        *("https://pay.example/ x", "https://pay.example/\nx", "https://pay.example/é"),
        *("https://[::1", f"https://pay.example/{'x' * 500}"),
    ],
)
def test_what_is_no_page_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_payment_url(url, "payment_url")
    assert refused.value.field == "payment_url"
