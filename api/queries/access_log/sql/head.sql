-- The last sequence of an org's access log.
SELECT sequence FROM tally.access_heads WHERE org = %(org)s
