SELECT sequence FROM tally.projection_heads WHERE org = %(org)s AND name = %(name)s
