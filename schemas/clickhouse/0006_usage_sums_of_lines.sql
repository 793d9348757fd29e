-- What usage_sums must hold: the service fills it from here, and verification compares it.
CREATE VIEW IF NOT EXISTS usage_sums_of_lines AS
SELECT org,
       intDiv(sequence, 512) AS block,
       toStartOfHour(toDateTime(occurred_at, 'UTC')) AS hour,
       service,
       project,
       provider,
       model,
       count() AS lines,
       countIf(late) AS late_lines,
       sum(toInt128(u.amount)) AS amount,
       sum(toInt128(u.debt)) AS debt,
       sum(toUInt128(u.input_tokens)) AS input_tokens,
       sum(toUInt128(u.cached_tokens)) AS cached_tokens,
       sum(toUInt128(u.cache_write_tokens)) AS cache_write_tokens,
       sum(toUInt128(u.output_tokens)) AS output_tokens,
       sumMap(CAST(u.quantities, 'Map(String, UInt128)')) AS quantities
  FROM usage AS u FINAL
 GROUP BY org, block, hour, service, project, provider, model
