-- The erasable texts of digests that were not erased.
SELECT digest, content FROM tally.texts
 WHERE org = %(org)s AND digest = ANY (%(digests)s::text[]) AND content IS NOT NULL
