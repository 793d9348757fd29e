SELECT methods FROM tally.shipping_methods WHERE org = %(org)s
