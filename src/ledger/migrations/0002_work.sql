-- What is to be done: schedules, their tasks, every unit's assignments, and all that ever happened to them.

CREATE TABLE cuiban.schedule (
  office_id    text NOT NULL REFERENCES cuiban.office (id),
  name         text NOT NULL,
  content_hash text NOT NULL,
  -- The schedule as it was confirmed.
  document     jsonb NOT NULL,
  confirmed_at timestamptz NOT NULL,
  confirmed_by text NOT NULL,
  PRIMARY KEY (office_id, name)
);

CREATE TABLE cuiban.task (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id   text NOT NULL,
  schedule    text NOT NULL,
  ref         text NOT NULL,
  position    integer NOT NULL,
  document    jsonb NOT NULL,
  UNIQUE (office_id, schedule, ref),
  FOREIGN KEY (office_id, schedule) REFERENCES cuiban.schedule (office_id, name)
);

-- Ladders as they were when an assignment became overdue; many assignments share one.
CREATE TABLE cuiban.ladder (
  hash        text PRIMARY KEY,
  content     jsonb NOT NULL
);

CREATE TABLE cuiban.assignment (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id       text NOT NULL,
  task_id         bigint NOT NULL REFERENCES cuiban.task (id),
  unit_id         text NOT NULL,
  role            text NOT NULL CHECK (role IN ('lead', 'cooperate')),
  -- Deadlines that mean the same have the same key; 'none' where the notice names no time.
  deadline_key    text NOT NULL,
  deadline        jsonb,
  pursuit         text NOT NULL CHECK (pursuit IN ('dated', 'cadence', 'undecided')),
  due             date,
  original_due    date,
  status          text NOT NULL DEFAULT 'needs-action'
                  CHECK (status IN ('needs-action', 'acknowledged', 'in-process', 'submitted', 'completed', 'cancelled')),
  sequence        integer NOT NULL DEFAULT 0,
  confirmed_at    timestamptz,
  extended_at     timestamptz,
  acknowledged_at timestamptz,
  closed_at       timestamptz,
  planned_through timestamptz NOT NULL,
  -- When the planner must look again.
  next_at         timestamptz,
  ladder_hash     text REFERENCES cuiban.ladder (hash),
  FOREIGN KEY (office_id, unit_id) REFERENCES cuiban.unit (office_id, id),
  -- A successor is never opened twice.
  UNIQUE NULLS NOT DISTINCT (task_id, unit_id, role, deadline_key, original_due)
);
CREATE INDEX assignment_next_look ON cuiban.assignment (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX assignment_of_unit ON cuiban.assignment (office_id, unit_id);

-- Append-only: every change of an assignment has exactly one row, written in the same transaction.
CREATE TABLE cuiban.history (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id      text NOT NULL,
  assignment_id  bigint NOT NULL REFERENCES cuiban.assignment (id),
  at             timestamptz NOT NULL,
  actor          text NOT NULL,
  means          text NOT NULL,
  -- Null for the row that opens the assignment.
  from_status    text,
  to_status      text NOT NULL,
  from_due       date,
  to_due         date,
  note           text,
  evidence       jsonb
);
CREATE INDEX history_of_assignment ON cuiban.history (assignment_id);

CREATE FUNCTION cuiban.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'cuiban.% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON cuiban.history
  FOR EACH STATEMENT EXECUTE FUNCTION cuiban.refuse_change();

-- What a coordinator has to look at.
CREATE TABLE cuiban.problem (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  office_id      text NOT NULL REFERENCES cuiban.office (id),
  assignment_id  bigint REFERENCES cuiban.assignment (id),
  -- What tells problems apart that are of no assignment.
  subject        text NOT NULL DEFAULT '',
  kind           text NOT NULL,
  detail         text NOT NULL,
  opened_at      timestamptz NOT NULL,
  closed_at      timestamptz
);
CREATE UNIQUE INDEX problem_open ON cuiban.problem (office_id, kind, assignment_id, subject) NULLS NOT DISTINCT
  WHERE closed_at IS NULL;
CREATE INDEX problem_of_assignment ON cuiban.problem (assignment_id) WHERE closed_at IS NULL;

-- When something last ran: 'sweep'.
CREATE TABLE cuiban.pulse (
  name        text PRIMARY KEY,
  at          timestamptz NOT NULL
);
