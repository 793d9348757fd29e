-- Why an org is not sealed any further, if it is not.
SELECT refused FROM tally.trees WHERE org = %(org)s AND refused IS NOT NULL
