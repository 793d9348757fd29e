SELECT plans FROM tally.plan_books WHERE org = %(org)s
