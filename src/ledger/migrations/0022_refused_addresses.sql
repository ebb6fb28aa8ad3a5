-- An address that the far side will never take anything at (no such mailbox, no such number) is not asked again: until a person changes
-- or trusts it, what it was to be told goes another way, and says in whose place.
ALTER TABLE cuiban.recipient ADD COLUMN refused_at timestamptz, ADD COLUMN refused_code text;
CREATE INDEX recipient_refused ON cuiban.recipient (office_id) WHERE refused_at IS NOT NULL;
ALTER TABLE cuiban.reminder ADD COLUMN instead_of text;
