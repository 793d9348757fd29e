SELECT {columns}
       sum(s.lines) AS lines,
       sum(s.late_lines) AS late_lines,
       toString(sum(s.amount)) AS amount,
       toString(sum(s.debt)) AS debt,
       sum(s.input_tokens) AS input_tokens,
       sum(s.cached_tokens) AS cached_tokens,
       sum(s.cache_write_tokens) AS cache_write_tokens,
       sum(s.output_tokens) AS output_tokens,
       sumMap(s.quantities) AS quantities
  FROM usage_sums AS s FINAL
 WHERE org = {{org:String}}
   AND hour >= toDateTime(intDiv({{from_us:Int64}}, 1000000), 'UTC')
   AND hour < toDateTime(intDiv({{to_us:Int64}}, 1000000), 'UTC')
   AND {after}
 GROUP BY {groups}
 ORDER BY {groups}
 LIMIT {{limit:UInt32}}
