-- What hangs on an assignment, a message or an office, and comes in by the thousand, is checked as a set. A foreign key looks each
-- row's parent up by a statement of its own and locks it: a third of what planning a reminder cost the server. The lock is for a parent
-- that may vanish meanwhile; these never do: nothing deletes them, and from here on nothing can. What is left to ask is whether the parent is there.

CREATE FUNCTION cuiban.refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows that others belong to stay, under the id they have', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER office_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON cuiban.office
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER assignment_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON cuiban.assignment
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER message_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON cuiban.message
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();

-- Each parent by its key, one after the other: a join would be planned for the sizes of the first call and kept for all others.
CREATE FUNCTION cuiban.of_office() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT office_id FROM fresh) AS f
              WHERE (SELECT o.id FROM cuiban.office o WHERE o.id = f.office_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such office', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION cuiban.of_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh f WHERE (SELECT a.id FROM cuiban.assignment a WHERE a.id = f.assignment_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such assignment', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION cuiban.of_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh f WHERE (SELECT m.id FROM cuiban.message m WHERE m.id = f.message_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such message', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

-- A reminder moves from one message to another.
CREATE FUNCTION cuiban.moved_to_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cuiban.message m WHERE m.id = NEW.message_id) THEN
    RAISE EXCEPTION '%: no such message', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER message_of_office AFTER INSERT ON cuiban.message REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_office();
CREATE TRIGGER reminder_of_assignment AFTER INSERT ON cuiban.reminder REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_assignment();
CREATE TRIGGER reminder_of_message AFTER INSERT ON cuiban.reminder REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_message();
CREATE TRIGGER reminder_moved AFTER UPDATE OF message_id ON cuiban.reminder
  FOR EACH ROW WHEN (OLD.message_id <> NEW.message_id) EXECUTE FUNCTION cuiban.moved_to_message();
CREATE TRIGGER suppression_of_assignment AFTER INSERT ON cuiban.suppression REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_assignment();
CREATE TRIGGER attempt_of_message AFTER INSERT ON cuiban.attempt REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_message();
CREATE TRIGGER body_of_message AFTER INSERT ON cuiban.body REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.of_message();

-- And stay with whom they are.
CREATE TRIGGER message_stays_with BEFORE UPDATE OF office_id ON cuiban.message
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER reminder_stays_with BEFORE UPDATE OF assignment_id ON cuiban.reminder
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER suppression_stays_with BEFORE UPDATE OF assignment_id ON cuiban.suppression
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER attempt_stays_with BEFORE UPDATE OF message_id ON cuiban.attempt
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();
CREATE TRIGGER body_stays_with BEFORE UPDATE OF message_id ON cuiban.body
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_loss();

ALTER TABLE cuiban.message DROP CONSTRAINT message_office_id_fkey;
ALTER TABLE cuiban.reminder DROP CONSTRAINT reminder_assignment_id_fkey, DROP CONSTRAINT reminder_message_id_fkey;
ALTER TABLE cuiban.suppression DROP CONSTRAINT suppression_assignment_id_fkey;
ALTER TABLE cuiban.attempt DROP CONSTRAINT attempt_message_id_fkey;
ALTER TABLE cuiban.body DROP CONSTRAINT body_message_id_fkey;
