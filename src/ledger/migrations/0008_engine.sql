-- The graph of states, held by the database: whatever code does, what is final stays final.

-- `sent` ends with a receipt; a failure that is permanent and an end both take a person to leave (a new try, a cancellation).
CREATE FUNCTION cuiban.message_may_become(old text, new text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE old
  WHEN 'created' THEN new IN ('sending', 'cancelled')
  WHEN 'temporary-failure' THEN new IN ('sending', 'cancelled')
  WHEN 'sending' THEN new IN ('sent', 'temporary-failure', 'permanent-failure', 'unknown', 'cancelled')
  WHEN 'unknown' THEN new IN ('sending', 'sent', 'delivered', 'permanent-failure')
  WHEN 'sent' THEN new IN ('delivered', 'permanent-failure')
  WHEN 'permanent-failure' THEN new IN ('temporary-failure', 'cancelled')
  ELSE false
END;

-- What was told stays told unless a receipt says that it was not; what was void because its contact had changed, or because it was not its
-- turn, may be planned again; so may what could not be delivered, when a person has it tried again.
CREATE FUNCTION cuiban.reminder_may_become(old text, new text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE old
  WHEN 'planned' THEN new IN ('sent', 'undeliverable', 'merged', 'void')
  WHEN 'sent' THEN new = 'undeliverable'
  WHEN 'undeliverable' THEN new = 'planned'
  WHEN 'void' THEN new = 'planned'
  ELSE false
END;

CREATE FUNCTION cuiban.refuse_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% %: a state may not become another like this', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
END $$;

-- The conditions are plain expressions: a change that is allowed calls no function.
CREATE TRIGGER message_states BEFORE UPDATE OF status ON cuiban.message FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND NOT cuiban.message_may_become(OLD.status, NEW.status)) EXECUTE FUNCTION cuiban.refuse_state();
CREATE TRIGGER reminder_states BEFORE UPDATE OF state ON cuiban.reminder FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NOT cuiban.reminder_may_become(OLD.state, NEW.state)) EXECUTE FUNCTION cuiban.refuse_state();

-- Trouble of the installation as a whole is of no office.
ALTER TABLE cuiban.problem ALTER COLUMN office_id DROP NOT NULL;
