SELECT stacking FROM tally.pricing_policies WHERE org = %(org)s
