"""Routes of calendars and appointments."""

from api.http.appointments.routes.appointments import router as appointments
from api.http.appointments.routes.calendars import router as calendars

routers = (calendars, appointments)
