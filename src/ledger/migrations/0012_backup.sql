-- What stops sending without losing anything: holds, and the gate that tells older code to leave. And what a restored ledger must not
-- say again.

-- While one is open nothing of its office is handed to the queue or claimed; planning goes on. What was held goes out by the ordinary rules.
CREATE TABLE cuiban.hold (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Null: of every office, also of those that come later.
  office_id    text,
  reason       text NOT NULL CHECK (reason IN ('operator', 'restored', 'clock', 'burst', 'disk')),
  detail       text NOT NULL,
  opened_at    timestamptz NOT NULL,
  opened_by    text NOT NULL,
  released_at  timestamptz,
  released_by  text,
  release_note text,
  CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX hold_open ON cuiban.hold (office_id, reason) NULLS NOT DISTINCT WHERE released_at IS NULL;

-- The oldest code, by the number of its newest migration, that may work with this ledger. A migration that older code cannot live
-- with raises it: SELECT cuiban.raise_gate(n).
CREATE TABLE cuiban.gate (
  sole    boolean PRIMARY KEY DEFAULT true CHECK (sole),
  minimum integer NOT NULL
);
INSERT INTO cuiban.gate (minimum) VALUES (0);

-- 催办 as code points, and one more than the lock of the migrations. Claims share it, so that a hold or a raised gate waits for the
-- claims under way and every later claim sees it.
CREATE FUNCTION cuiban.stop_claims() RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
  SELECT pg_advisory_xact_lock(x'50ac529f'::int);
END;

CREATE FUNCTION cuiban.raise_gate(version integer) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
  SELECT cuiban.stop_claims();
  UPDATE cuiban.gate SET minimum = greatest(minimum, version);
END;

-- Offices of which nothing may be claimed from now until the end of this transaction; '*' is all of them. For claims alone: it takes the
-- lock, and a volatile function sees what was committed while it waited. Refuses code that is too old.
CREATE FUNCTION cuiban.held_at_claim() RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  code integer := nullif(current_setting('cuiban.code_version', true), '');
BEGIN
  PERFORM pg_advisory_xact_lock_shared(x'50ac529f'::int);
  IF code < (SELECT minimum FROM cuiban.gate) THEN
    RAISE EXCEPTION 'this ledger asks for newer code than version %', code USING ERRCODE = 'CU001';
  END IF;
  RETURN ARRAY(SELECT coalesce(office_id, '*') FROM cuiban.hold WHERE released_at IS NULL);
END $$;

-- The same as of now, for who only looks.
CREATE FUNCTION cuiban.held() RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT coalesce(office_id, '*') FROM cuiban.hold WHERE released_at IS NULL);

-- Reminders that went out after the backup was taken that this ledger was restored from, found in the delivery journal. Named by what they
-- are about and not by ids: those are given out anew. Planned again, they are recorded as sent.
CREATE TABLE cuiban.told (
  office_id    text NOT NULL,
  schedule     text NOT NULL,
  ref          text NOT NULL,
  unit_id      text NOT NULL,
  deadline_key text NOT NULL,
  original_due date,
  sequence     integer NOT NULL,
  stage        text NOT NULL,
  occurrence   text NOT NULL,
  contact      text NOT NULL,
  channel      text NOT NULL,
  message_id   uuid NOT NULL,
  accepted_at  timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (office_id, schedule, ref, unit_id, deadline_key, original_due, sequence, stage, occurrence, contact, channel)
);
