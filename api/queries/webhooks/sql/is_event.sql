SELECT EXISTS (SELECT FROM tally.events WHERE org = %(org)s AND sequence = %(sequence)s) AS there
