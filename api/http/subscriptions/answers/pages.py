"""Answers about pages of subscriptions."""

from __future__ import annotations

from api.http.answers import Answer, Time


class SubscribePageAnswer(Answer):
    """Where somebody subscribes, until `expires_at`."""

    checkout_url: str
    expires_at: Time
