-- A confirmed schedule may be revised. Tasks are never altered: a revised one is another row, and its assignments move there.

ALTER TABLE cuiban.schedule
  -- What is compared is the document; nobody needs its hash.
  DROP COLUMN content_hash,
  -- Raised by every revision: whoever revises says which one they have seen.
  ADD COLUMN revision integer NOT NULL DEFAULT 0,
  ADD COLUMN revised_at timestamptz,
  ADD COLUMN revised_by text;

-- Every schedule as it was before it was revised.
CREATE TABLE cuiban.past_schedule (
  office_id  text NOT NULL,
  schedule   text NOT NULL,
  revision   integer NOT NULL,
  document   jsonb NOT NULL,
  -- Since when, and by whom.
  at         timestamptz NOT NULL,
  actor      text NOT NULL,
  PRIMARY KEY (office_id, schedule, revision),
  FOREIGN KEY (office_id, schedule) REFERENCES cuiban.schedule (office_id, name)
);
CREATE TRIGGER past_schedule_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON cuiban.past_schedule
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_change();

ALTER TABLE cuiban.task
  -- No longer part of its schedule.
  ADD COLUMN retired boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT task_office_id_schedule_ref_key;
CREATE UNIQUE INDEX task_ref ON cuiban.task (office_id, schedule, ref) WHERE NOT retired;
CREATE INDEX task_of_schedule ON cuiban.task (office_id, schedule);

-- A unit has one role in a task, and keeps its duty when the role changes.
ALTER TABLE cuiban.assignment
  DROP CONSTRAINT assignment_task_id_unit_id_role_deadline_key_original_due_key,
  ADD UNIQUE NULLS NOT DISTINCT (task_id, unit_id, deadline_key, original_due);
