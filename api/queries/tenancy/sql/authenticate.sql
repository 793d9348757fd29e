SELECT org, id, role, subject FROM tally.authenticate(%(hash)s)
