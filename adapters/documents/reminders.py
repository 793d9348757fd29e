"""Reminders: what a payer is told of a subscription, as text and as HTML."""

from __future__ import annotations

from adapters.documents.language import Language
from adapters.documents.letter import template
from ledger.invoices.ports import Letter
from ledger.subscriptions.reminder import Reminder


class MailedReminders:
    """Reminders, as mail programs show them."""

    def letter(self, reminder: Reminder) -> Letter:
        """Return a reminder as it is sent, in its language."""
        words = Language(reminder.language)
        amount = words.money(reminder.amount, reminder.currency)
        on = words.date(reminder.at_us) if reminder.at_us is not None else None
        told = {
            "topic": reminder.topic.value,
            "title": words("reminders", reminder.topic, plan=reminder.plan),
            "headline": amount if reminder.amount else (on or reminder.plan),
            "payer": reminder.payer,
            "seller": reminder.seller,
            "plan": reminder.plan,
            "number": reminder.number,
            "costs": reminder.amount > 0,
            "amount": amount,
            "on": on,
            "pay_url": reminder.pay_url,
            "email": reminder.email,
            "language": words.tag,
        }
        subject = words("reminders", "subject", title=told["title"], seller=reminder.seller)
        text, html = (
            template(f"reminder.{words.tag}.{form}.j2").render(told) for form in ("txt", "html")
        )
        return Letter(subject, text, html)
