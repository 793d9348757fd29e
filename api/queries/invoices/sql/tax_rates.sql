SELECT rates_version, rates FROM tally.tax_books WHERE org = %(org)s
