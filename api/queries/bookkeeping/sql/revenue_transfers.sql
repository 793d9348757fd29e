-- Credits that went from wallet to wallet, where any were paid for.
SELECT recorded_us AS at_us, detail
  FROM tally.transactions
 WHERE org = %(org)s AND category = 'transfer' AND recorded_us < %(until_us)s
   AND EXISTS (SELECT FROM tally.lots WHERE org = %(org)s AND paid_amount IS NOT NULL)
 ORDER BY sequence, line
