-- Orgs by id, after the one the page before ended with: all of them, for the operator.
SELECT org, name, billing_mode, recorded_us
  FROM tally.list_orgs(%(after)s, %(limit)s)
