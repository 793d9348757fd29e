SELECT shard FROM tally.heads WHERE org = %(org)s
