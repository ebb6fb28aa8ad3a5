-- Leases and waits are measured on the server's own clock, whatever the hosts believe. One function, so that a
-- simulation can put a clock of its own in its place.
CREATE FUNCTION cuiban.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE RETURN clock_timestamp();
