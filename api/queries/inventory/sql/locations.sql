SELECT locations FROM tally.location_books WHERE org = %(org)s
