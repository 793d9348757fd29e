SELECT roles FROM tally.role_books WHERE org = %(org)s
