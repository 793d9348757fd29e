SELECT settings_version, settings FROM tally.invoice_settings WHERE org = %(org)s
