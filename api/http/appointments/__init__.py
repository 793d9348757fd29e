"""The endpoints of calendars and appointments."""
