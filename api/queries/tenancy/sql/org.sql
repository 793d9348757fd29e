SELECT org, name, billing_mode, recorded_us FROM tally.orgs WHERE org = %(org)s
