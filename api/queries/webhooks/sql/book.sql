SELECT webhooks FROM tally.webhook_books WHERE org = %(org)s
