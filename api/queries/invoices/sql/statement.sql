SELECT statement FROM tally.month_statements
 WHERE org = %(org)s AND owner = %(user)s AND month = %(month)s
