-- What is told to whom: reminders, why some are not sent, the messages that carry them, and what became of those.

-- One row per address, locked by whoever places reminders for it, so that a day's slots are given out once.
CREATE TABLE cuiban.recipient (
  office_id   text NOT NULL,
  channel     text NOT NULL,
  address     text NOT NULL,
  PRIMARY KEY (office_id, channel, address)
);

CREATE TABLE cuiban.message (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  office_id      text NOT NULL REFERENCES cuiban.office (id),
  channel        text NOT NULL CHECK (channel IN ('email', 'sms')),
  address        text NOT NULL,
  to_unit        text NOT NULL,
  to_post        text NOT NULL,
  to_name        text NOT NULL,
  day            date NOT NULL,
  slot           integer NOT NULL,
  status         text NOT NULL DEFAULT 'created' CHECK (status IN
                 ('created', 'sending', 'sent', 'delivered', 'temporary-failure', 'permanent-failure', 'unknown', 'cancelled')),
  -- Not before this; null while nothing is owed.
  owed_at        timestamptz,
  -- Handed to the queue, by the database's clock.
  queued_at      timestamptz,
  fence          integer NOT NULL DEFAULT 0,
  -- By the database's clock; set exactly while the message is being sent.
  lease_until    timestamptz,
  worker         text,
  claimed_at     timestamptz,
  -- From here on a lost outcome of this claim is unknown.
  handed_over_at timestamptz,
  attempts       integer NOT NULL DEFAULT 0,
  -- Second copies risked: claims of a frozen message whose outcome was unknown.
  resends        integer NOT NULL DEFAULT 0,
  code           text NOT NULL DEFAULT '',
  detail         text NOT NULL DEFAULT '',
  settled_at     timestamptz,
  created_at     timestamptz NOT NULL,
  CHECK ((status = 'sending') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX message_slot ON cuiban.message (office_id, channel, address, day, slot) WHERE status <> 'cancelled';
CREATE INDEX message_owed ON cuiban.message (owed_at) WHERE owed_at IS NOT NULL AND queued_at IS NULL;
CREATE INDEX message_queued ON cuiban.message (owed_at) WHERE queued_at IS NOT NULL;
CREATE INDEX message_leased ON cuiban.message (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX message_settled ON cuiban.message (settled_at) WHERE settled_at IS NOT NULL;

-- Bodies as they first went out, apart from the messages: those change often, these hardly ever.
CREATE TABLE cuiban.body (
  message_id     uuid PRIMARY KEY REFERENCES cuiban.message (id),
  office_id      text NOT NULL,
  revision       integer NOT NULL,
  hash           text NOT NULL,
  subject        text NOT NULL,
  text           text NOT NULL,
  html           text NOT NULL
);

CREATE TABLE cuiban.reminder (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id      text NOT NULL,
  assignment_id  bigint NOT NULL REFERENCES cuiban.assignment (id),
  sequence       integer NOT NULL,
  stage          text NOT NULL,
  occurrence     text NOT NULL,
  contact        text NOT NULL,
  channel        text NOT NULL,
  letter         text NOT NULL,
  rung           integer NOT NULL,
  unit_id        text NOT NULL,
  post           text NOT NULL,
  copy           boolean NOT NULL,
  address        text NOT NULL,
  name           text NOT NULL,
  at             timestamptz NOT NULL,
  reason         text NOT NULL,
  state          text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sent', 'undeliverable', 'merged', 'void')),
  void_reason    text,
  message_id     uuid NOT NULL REFERENCES cuiban.message (id),
  sent_at        timestamptz,
  UNIQUE (assignment_id, sequence, stage, occurrence, contact, channel)
);
CREATE INDEX reminder_of_message ON cuiban.reminder (message_id);

CREATE TABLE cuiban.suppression (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id      text NOT NULL,
  assignment_id  bigint NOT NULL REFERENCES cuiban.assignment (id),
  sequence       integer NOT NULL,
  stage          text NOT NULL,
  occurrence     text NOT NULL,
  contact        text,
  channel        text,
  reason         text NOT NULL,
  detail         text NOT NULL,
  at             timestamptz NOT NULL,
  until          timestamptz,
  recorded_at    timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (assignment_id, sequence, stage, occurrence, contact, channel, reason, until)
);
CREATE INDEX suppression_at ON cuiban.suppression (at);

-- One row per claim that ended, whatever its end.
CREATE TABLE cuiban.attempt (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id      text NOT NULL,
  message_id     uuid NOT NULL REFERENCES cuiban.message (id),
  fence          integer NOT NULL,
  worker         text NOT NULL,
  status         text NOT NULL,
  code           text NOT NULL,
  detail         text NOT NULL,
  claimed_at     timestamptz NOT NULL,
  settled_at     timestamptz NOT NULL
);
CREATE INDEX attempt_of_message ON cuiban.attempt (message_id);

-- One part of a message at the provider. Either side may come first: what was sent, or the receipt for it.
CREATE TABLE cuiban.provider_part (
  channel        text NOT NULL,
  provider_id    text NOT NULL,
  office_id      text,
  message_id     uuid REFERENCES cuiban.message (id),
  state          text CHECK (state IN ('delivered', 'failed', 'expired')),
  code           text,
  received_at    timestamptz,
  PRIMARY KEY (channel, provider_id)
);
CREATE INDEX provider_part_of_message ON cuiban.provider_part (message_id);
CREATE INDEX provider_part_unmatched ON cuiban.provider_part (received_at) WHERE message_id IS NULL;
