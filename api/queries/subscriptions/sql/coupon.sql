SELECT published, redeemed FROM tally.coupon_books WHERE org = %(org)s AND id = %(id)s
