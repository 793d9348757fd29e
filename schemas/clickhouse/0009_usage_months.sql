-- Usage by month of occurred time (UTC) and label, exact. Amounts in microcredits.
CREATE VIEW IF NOT EXISTS usage_months AS
SELECT org,
       toStartOfMonth(hour, 'UTC') AS month,
       service,
       project,
       provider,
       model,
       sum(s.lines) AS lines,
       sum(s.late_lines) AS late_lines,
       sum(s.amount) AS amount,
       sum(s.debt) AS debt,
       sum(s.input_tokens) AS input_tokens,
       sum(s.cached_tokens) AS cached_tokens,
       sum(s.cache_write_tokens) AS cache_write_tokens,
       sum(s.output_tokens) AS output_tokens,
       sumMap(s.quantities) AS quantities
  FROM usage_sums AS s FINAL
 GROUP BY org, month, service, project, provider, model
