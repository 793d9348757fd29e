SELECT sequence FROM tally.heads WHERE org = %(org)s
