-- What is known of a customer, with the texts that were not erased.
SELECT d.book, p.content AS profile,
       (SELECT jsonb_object_agg(t.digest, t.content)
          FROM jsonb_array_elements(d.book->'addresses') a
          JOIN tally.texts t ON t.org = d.org AND t.digest = a->>'text'
         WHERE t.content IS NOT NULL) AS addresses
  FROM tally.customer_details d
  LEFT JOIN tally.texts p ON p.org = d.org AND p.digest = d.profile
 WHERE d.org = %(org)s AND d.owner = %(user)s
