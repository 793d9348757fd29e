SELECT offers FROM tally.offer_books WHERE org = %(org)s
