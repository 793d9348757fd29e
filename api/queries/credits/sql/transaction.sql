-- One transaction from the list.
SELECT t.hash, t.detail
  FROM tally.transactions t
 WHERE t.org = %(org)s AND t.sequence = %(sequence)s AND t.line = %(line)s
