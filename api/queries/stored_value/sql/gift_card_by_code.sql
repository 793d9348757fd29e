SELECT v.id, v.currency, v.initial, v.balance, v.claims, v.disabled, v.expires_us, v.person,
       v.order_id, t.content AS note, v.created_us
  FROM tally.stored_values v
  LEFT JOIN tally.texts t ON t.org = v.org AND t.digest = v.note
 WHERE v.org = %(org)s AND v.code_digest = %(digest)s
