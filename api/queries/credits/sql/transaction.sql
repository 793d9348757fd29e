-- One transaction from the list: of an event that is archived.
SELECT t.hash, t.detail
  FROM tally.transactions t
 WHERE t.org = %(org)s AND t.sequence = %(sequence)s AND t.line = %(line)s
