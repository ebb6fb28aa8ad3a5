-- A relay or gateway that is away: until it takes one message, only a few are tried each minute, and the others wait where they are.
CREATE TABLE cuiban.channel_down (
  channel text PRIMARY KEY CHECK (channel IN ('email', 'sms')),
  since   timestamptz NOT NULL,
  code    text NOT NULL
);
