-- How often each alarm was raised, by whichever process, and when and why last: for the metrics.
CREATE TABLE tally.alarms (
    alarm   text   PRIMARY KEY,
    times   bigint NOT NULL,
    last_us bigint NOT NULL,
    why     text   NOT NULL
) WITH (fillfactor = 50);
GRANT SELECT, INSERT ON tally.alarms TO tally_writer;
GRANT UPDATE (times, last_us, why) ON tally.alarms TO tally_writer;
GRANT SELECT (alarm, times) ON tally.alarms TO tally_query;
