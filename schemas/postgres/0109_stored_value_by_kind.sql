-- Lists are of gift cards or of store credits: neither reads its way through the others.
CREATE INDEX stored_values_by_kind ON tally.stored_values (org, kind, id);
