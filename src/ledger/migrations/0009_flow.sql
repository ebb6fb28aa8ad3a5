-- The order in which messages leave, and how fast.

-- Escalations and what is due on its very day: they overtake all others. Chunk: the queue's job that carries the message; adding
-- a job of that name again while the queue still has it does nothing, so what was handed over can be handed over again without copies.
ALTER TABLE cuiban.message
  ADD COLUMN urgent boolean NOT NULL DEFAULT false,
  ADD COLUMN chunk  uuid;

UPDATE cuiban.message m SET urgent = true
 WHERE m.owed_at IS NOT NULL AND EXISTS (
   SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
    WHERE r.message_id = m.id AND r.state = 'planned' AND (r.rung > 0 OR a.due = m.day));

-- Each office's next ones without a look at the others'.
CREATE INDEX message_in_turn ON cuiban.message (channel, urgent, office_id, owed_at, id) WHERE owed_at IS NOT NULL AND queued_at IS NULL;

-- One row per mail server or gateway: how fast all workers together may send there.
CREATE TABLE cuiban.provider (
  name           text PRIMARY KEY,
  channel        text NOT NULL CHECK (channel IN ('email', 'sms')),
  -- Messages per second as set up by whoever started last; null: as fast as it takes them.
  configured     double precision CHECK (configured > 0),
  burst          integer NOT NULL DEFAULT 1 CHECK (burst >= 1),
  -- In force: slower than configured after the provider said "too fast". Null: no limit.
  rate           double precision CHECK (rate > 0),
  -- What a slowed rate climbs back to.
  ceiling        double precision,
  -- Theoretical arrival time of the next message (GCRA), by the database's clock.
  free_at        timestamptz,
  slowed_at      timestamptz,
  -- The last step back up.
  stepped_at     timestamptz,
  -- How often it said "too fast".
  throttled      bigint NOT NULL DEFAULT 0,
  seen_at        timestamptz NOT NULL
) WITH (fillfactor = 50);

-- A connection that somebody may have open there. Whoever dies loses it when the lease runs out.
CREATE TABLE cuiban.connection_slot (
  provider       text NOT NULL,
  slot           integer NOT NULL,
  holder         uuid NOT NULL,
  lease_until    timestamptz NOT NULL,
  PRIMARY KEY (provider, slot)
) WITH (fillfactor = 50);
