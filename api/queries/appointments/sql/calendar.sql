SELECT id, name FROM tally.calendars WHERE org = %(org)s AND id = %(id)s
