SELECT org, id, role, subject, expires_us FROM tally.authenticate(%(hash)s)
