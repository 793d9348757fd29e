"""Appointments: slots of providers' calendars, and whose they are."""
