"""Commands on calendars and appointments."""
