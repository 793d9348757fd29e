SELECT purchase, owner FROM tally.disputes WHERE org = %(org)s AND dispute = %(dispute)s
