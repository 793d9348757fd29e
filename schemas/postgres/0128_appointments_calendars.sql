-- Calendars, their days and appointments: what the functions below are given, no more.
CREATE TABLE tally.calendars (
    org  text NOT NULL,
    id   text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE TABLE tally.calendar_days (
    org      text   NOT NULL,
    calendar text   NOT NULL,
    day      bigint NOT NULL,
    slots    jsonb  NOT NULL,
    PRIMARY KEY (org, calendar, day)
) WITH (fillfactor = 80);
CREATE TABLE tally.appointments (
    org      text   NOT NULL,
    id       text   NOT NULL,
    order_id text   NOT NULL,
    line     int    NOT NULL,
    sku      text   NOT NULL,
    owner    text,
    calendar text   NOT NULL,
    slot     text   NOT NULL,
    start_us bigint NOT NULL,
    end_us   bigint NOT NULL,
    units    bigint NOT NULL,
    state    text   NOT NULL,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 80);
CREATE INDEX appointments_by_owner ON tally.appointments (org, owner, start_us, id);
CREATE INDEX appointments_by_calendar ON tally.appointments (org, calendar, start_us, id);
CREATE INDEX appointments_by_order ON tally.appointments (org, order_id);
CREATE INDEX appointments_by_time ON tally.appointments (org, start_us, id);
SELECT tally.keep_orgs_apart('tally.calendars');
SELECT tally.keep_orgs_apart('tally.calendar_days');
SELECT tally.keep_orgs_apart('tally.appointments');
GRANT SELECT, INSERT, UPDATE (name) ON tally.calendars TO tally_writer;
GRANT SELECT, INSERT, UPDATE (slots) ON tally.calendar_days TO tally_writer;
GRANT SELECT, INSERT, UPDATE (slot, start_us, end_us, state) ON tally.appointments TO tally_writer;
GRANT SELECT ON tally.calendars, tally.calendar_days, tally.appointments TO tally_query;

CREATE FUNCTION tally.put_calendars(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.calendars (org, id, name)
    SELECT n.org, n.id, n.name FROM jsonb_populate_recordset(NULL::tally.calendars, rows) n
        ON CONFLICT (org, id) DO UPDATE SET name = excluded.name
$$;
CREATE FUNCTION tally.put_calendar_days(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.calendar_days (org, calendar, day, slots)
    SELECT n.org, n.calendar, n.day, n.slots
      FROM jsonb_populate_recordset(NULL::tally.calendar_days, rows) n
        ON CONFLICT (org, calendar, day) DO UPDATE SET slots = excluded.slots
$$;
CREATE FUNCTION tally.put_appointments(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.appointments
        (org, id, order_id, line, sku, owner, calendar, slot, start_us, end_us, units, state)
    SELECT n.org, n.id, n.order_id, n.line, n.sku, n.owner, n.calendar, n.slot, n.start_us,
           n.end_us, n.units, n.state
      FROM jsonb_populate_recordset(NULL::tally.appointments, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET slot = excluded.slot, start_us = excluded.start_us, end_us = excluded.end_us,
           state = excluded.state
$$;
REVOKE ALL ON FUNCTION tally.put_calendars, tally.put_calendar_days, tally.put_appointments
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_calendars, tally.put_calendar_days, tally.put_appointments
   TO tally_writer;
