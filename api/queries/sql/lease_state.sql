SELECT shard, epoch, service, host, races_lost,
       until_us > extract(epoch FROM clock_timestamp()) * 1000000 AS is_held
  FROM tally.leases
 ORDER BY shard
