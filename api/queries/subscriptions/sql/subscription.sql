SELECT state FROM tally.subscription_states WHERE org = %(org)s AND owner = %(owner)s
