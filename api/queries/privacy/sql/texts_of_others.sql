-- Those of some texts, not erased, whose rows say that they are another's.
SELECT digest FROM tally.texts
 WHERE org = %(org)s AND digest = ANY (%(digests)s::text[]) AND person <> %(person)s
   AND content IS NOT NULL
