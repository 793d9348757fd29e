SELECT rule, purchase, month, in_month, waits_until_us, stopped
  FROM tally.recharge_rules
 WHERE org = %(org)s AND owner = %(user)s
