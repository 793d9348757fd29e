-- Tiles of an org's tree, by level and number.
SELECT t.level, t.tile, t.hashes
  FROM unnest(%(levels)s::int[], %(numbers)s::bigint[]) AS n (level, tile)
  JOIN tally.tiles t ON t.org = %(org)s AND t.level = n.level AND t.tile = n.tile
