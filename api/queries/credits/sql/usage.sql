SELECT {columns}
       count() AS lines,
       countIf(late) AS late_lines,
       toString(sum(toInt128(amount))) AS amount,
       toString(sum(toInt128(debt))) AS debt,
       sum(toUInt128(input_tokens)) AS input_tokens,
       sum(toUInt128(cached_tokens)) AS cached_tokens,
       sum(toUInt128(cache_write_tokens)) AS cache_write_tokens,
       sum(toUInt128(output_tokens)) AS output_tokens,
       sumMap(CAST(quantities, 'Map(String, UInt128)')) AS quantities
  FROM usage FINAL
 WHERE org = {{org:String}}
   AND occurred_at >= fromUnixTimestamp64Micro({{from_us:Int64}}, 'UTC')
   AND occurred_at < fromUnixTimestamp64Micro({{to_us:Int64}}, 'UTC')
   AND ({{user:String}} = '' OR user = {{user:String}} OR owner = {{user:String}})
   AND {after}
 GROUP BY {groups}
 ORDER BY {groups}
 LIMIT {{limit:UInt32}}
