SELECT tally.org_exists(%(org)s) AS found
