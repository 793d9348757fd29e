-- The erasable text of an address, unless it was erased.
SELECT content FROM tally.texts
 WHERE org = %(org)s AND digest = %(digest)s AND content IS NOT NULL
