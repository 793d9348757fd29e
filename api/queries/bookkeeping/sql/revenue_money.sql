-- Money of purchases that went back, or came again, or is lost.
SELECT moved_us AS at_us, movement, purchase, amount
  FROM tally.movements
 WHERE org = %(org)s AND movement IN ('refund', 'refund_back', 'dispute_lost')
   AND moved_us < %(until_us)s
 ORDER BY sequence
