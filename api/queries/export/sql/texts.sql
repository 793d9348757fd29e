-- Erasable texts by digest, as they are now: of an erased one nothing is left but the digest.
SELECT digest, salt, content FROM tally.texts
 WHERE org = %(org)s AND digest = ANY (%(digests)s::text[])
 ORDER BY digest
