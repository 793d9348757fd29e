SELECT state FROM tally.promotion_books WHERE org = %(org)s AND id = %(id)s
