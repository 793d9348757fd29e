SELECT id, invoice FROM tally.invoice_states WHERE org = %(org)s AND id = %(id)s
