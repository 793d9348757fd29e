SELECT modifiers FROM tally.price_modifiers WHERE org = %(org)s
