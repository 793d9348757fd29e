-- What taxes are worked out by in an org: its settings, its rates, and what is known of a payer.
SELECT (SELECT s.settings FROM tally.invoice_settings s WHERE s.org = %(org)s) AS settings,
       t.rates_version, t.rates,
       (SELECT p.payer
          FROM tally.payer_details p
         WHERE p.org = %(org)s AND p.owner = %(user)s) AS payer
  FROM (SELECT) AS one
  LEFT JOIN tally.tax_books t ON t.org = %(org)s
