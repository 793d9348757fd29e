SELECT policy FROM tally.subscription_policies WHERE org = %(org)s
