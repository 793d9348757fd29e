SELECT policy FROM tally.purchase_policies WHERE org = %(org)s
