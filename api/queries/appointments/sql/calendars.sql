SELECT id, name FROM tally.calendars WHERE org = %(org)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
