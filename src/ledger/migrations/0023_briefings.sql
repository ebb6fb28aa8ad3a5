-- The coordinator's briefing of each working morning: a message that carries no reminder, in a slot of its own, once a day and address.
ALTER TABLE cuiban.message ADD COLUMN kind text NOT NULL DEFAULT 'reminders' CHECK (kind IN ('reminders', 'briefing'));
CREATE INDEX message_briefing ON cuiban.message (office_id, day) WHERE kind = 'briefing';
