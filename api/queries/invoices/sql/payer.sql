SELECT payer FROM tally.payer_details WHERE org = %(org)s AND owner = %(user)s
