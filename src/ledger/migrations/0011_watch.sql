-- For those who run it: which processes there are, what people did to messages, who is logged in, and how late a message is.

-- When the message was to leave as it was placed, before anything failed: lateness is counted from here.
ALTER TABLE cuiban.message ADD COLUMN due_at timestamptz;

-- What did not go well, and what a provider has not confirmed: few rows, read by every scrape.
CREATE INDEX message_in_trouble ON cuiban.message (status, settled_at)
  WHERE status IN ('temporary-failure', 'permanent-failure', 'unknown');
CREATE INDEX message_unconfirmed ON cuiban.message (settled_at) WHERE channel = 'sms' AND status = 'sent';
CREATE INDEX message_resent ON cuiban.message (resends) WHERE resends > 0;

-- Processes that run, or ran lately. By the database's clock. One that stops in order takes its row along.
CREATE TABLE cuiban.process (
  id          text PRIMARY KEY,
  roles       text[] NOT NULL,
  version     text NOT NULL,
  host        text NOT NULL,
  pid         integer NOT NULL,
  started_at  timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL
);

-- Append-only: every change that a person made to a message, with who and why.
CREATE TABLE cuiban.message_history (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id    text NOT NULL,
  message_id   uuid NOT NULL REFERENCES cuiban.message (id),
  at           timestamptz NOT NULL,
  actor        text NOT NULL,
  means        text NOT NULL,
  from_status  text NOT NULL,
  to_status    text NOT NULL,
  note         text
);
CREATE INDEX message_history_of_message ON cuiban.message_history (message_id);
CREATE TRIGGER message_history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON cuiban.message_history
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_change();

-- Sessions of the console. The cookie's token is known here by its hash alone; `credential` is a fingerprint of the operator's password line,
-- so that another password, or none, ends the session.
CREATE TABLE cuiban.console_session (
  token_hash  text PRIMARY KEY,
  operator    text NOT NULL,
  credential  text NOT NULL,
  opened_at   timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL
);
