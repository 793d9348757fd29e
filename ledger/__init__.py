"""The rules of the ledger, pure: no I/O, no clock, no framework but `eventsourcing.domain`."""
