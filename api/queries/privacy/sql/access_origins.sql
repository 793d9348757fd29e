-- The digests of where a person's refused requests came from.
SELECT DISTINCT origin FROM tally.access_log
 WHERE org = %(org)s AND subject = %(person)s AND origin <> ''
