-- Whose number a receipt speaks of: one that came before its part is ours is held against the number we sent to.
ALTER TABLE cuiban.provider_part ADD COLUMN recipient text;
