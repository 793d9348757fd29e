SELECT capture FROM tally.order_policies WHERE org = %(org)s
