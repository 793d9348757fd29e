"""Questions about calendars and appointments."""
