-- What was billed and taken back of it, line by line.
SELECT recorded_us AS at_us, currency, earns, of, net, unearned, from_us, until_us
  FROM tally.invoice_lines
 WHERE org = %(org)s AND recorded_us < %(until_us)s
 ORDER BY sequence, line
