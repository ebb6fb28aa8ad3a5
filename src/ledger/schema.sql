-- What the migrations come to. Written by test/ledger/schema.test.ts, which compares it.

CREATE OR REPLACE FUNCTION clock()
 RETURNS timestamp with time zone
 LANGUAGE sql
 PARALLEL SAFE
RETURN clock_timestamp();

CREATE OR REPLACE FUNCTION held()
 RETURNS text[]
 LANGUAGE sql
 STABLE
RETURN ARRAY(SELECT COALESCE(hold.office_id, '*'::text) AS "coalesce" FROM hold WHERE (hold.released_at IS NULL));

CREATE OR REPLACE FUNCTION held_at_claim()
 RETURNS text[]
 LANGUAGE plpgsql
AS $function$
DECLARE
  code integer := nullif(current_setting('code_version', true), '');
BEGIN
  PERFORM pg_advisory_xact_lock_shared(x'50ac529f'::int);
  IF code < (SELECT minimum FROM gate) THEN
    RAISE EXCEPTION 'this ledger asks for newer code than version %', code USING ERRCODE = 'CU001';
  END IF;
  RETURN ARRAY(SELECT coalesce(office_id, '*') FROM hold WHERE released_at IS NULL);
END $function$;

CREATE OR REPLACE FUNCTION instant(ms double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN to_timestamp((ms / (1000.0)::double precision));

CREATE OR REPLACE FUNCTION message_may_become(old text, new text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE old WHEN 'created'::text THEN (new = ANY (ARRAY['sending'::text, 'cancelled'::text])) WHEN 'temporary-failure'::text THEN (new = ANY (ARRAY['sending'::text, 'cancelled'::text])) WHEN 'sending'::text THEN (new = ANY (ARRAY['sent'::text, 'temporary-failure'::text, 'permanent-failure'::text, 'unknown'::text, 'cancelled'::text])) WHEN 'unknown'::text THEN (new = ANY (ARRAY['sending'::text, 'sent'::text, 'delivered'::text, 'permanent-failure'::text])) WHEN 'sent'::text THEN (new = ANY (ARRAY['delivered'::text, 'permanent-failure'::text])) WHEN 'permanent-failure'::text THEN (new = ANY (ARRAY['temporary-failure'::text, 'unknown'::text, 'cancelled'::text])) ELSE false END;

CREATE OR REPLACE FUNCTION moved_to_message()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM message m WHERE m.id = NEW.message_id) THEN
    RAISE EXCEPTION '%: no such message', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION of_assignment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM fresh f WHERE (SELECT a.id FROM assignment a WHERE a.id = f.assignment_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such assignment', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION of_message()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM fresh f WHERE (SELECT m.id FROM message m WHERE m.id = f.message_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such message', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION of_office()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT office_id FROM fresh) AS f
              WHERE (SELECT o.id FROM office o WHERE o.id = f.office_id) IS NULL) THEN
    RAISE EXCEPTION '%: no such office', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION raise_gate(version integer)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 SELECT stop_claims() AS stop_claims;
 UPDATE gate SET minimum = GREATEST(gate.minimum, raise_gate.version);
END;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

CREATE OR REPLACE FUNCTION refuse_loss()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '%: rows that others belong to stay, under the id they have', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

CREATE OR REPLACE FUNCTION refuse_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% %: a state may not become another like this', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION reminder_may_become(old text, new text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE old WHEN 'planned'::text THEN (new = ANY (ARRAY['sent'::text, 'undeliverable'::text, 'merged'::text, 'void'::text])) WHEN 'sent'::text THEN (new = 'undeliverable'::text) WHEN 'undeliverable'::text THEN (new = 'planned'::text) WHEN 'void'::text THEN (new = 'planned'::text) ELSE false END;

CREATE OR REPLACE FUNCTION stop_claims()
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 SELECT pg_advisory_xact_lock((('01010000101011000101001010011111'::"bit")::integer)::bigint) AS pg_advisory_xact_lock;
END;

TABLE assignment (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  task_id bigint NOT NULL,
  unit_id text NOT NULL,
  role text NOT NULL,
  deadline_key text NOT NULL,
  deadline jsonb,
  pursuit text NOT NULL,
  due date,
  original_due date,
  status text NOT NULL DEFAULT 'needs-action'::text,
  sequence integer NOT NULL DEFAULT 0,
  confirmed_at timestamp with time zone,
  extended_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  closed_at timestamp with time zone,
  planned_through timestamp with time zone NOT NULL,
  next_at timestamp with time zone,
  ladder_hash text,
  approval jsonb,
  CONSTRAINT assignment_ladder_hash_fkey FOREIGN KEY (ladder_hash) REFERENCES ladder(hash),
  CONSTRAINT assignment_office_id_unit_id_fkey FOREIGN KEY (office_id, unit_id) REFERENCES unit(office_id, id),
  CONSTRAINT assignment_pkey PRIMARY KEY (id),
  CONSTRAINT assignment_pursuit_check CHECK ((pursuit = ANY (ARRAY['dated'::text, 'cadence'::text, 'undecided'::text]))),
  CONSTRAINT assignment_role_check CHECK ((role = ANY (ARRAY['lead'::text, 'cooperate'::text]))),
  CONSTRAINT assignment_status_check CHECK ((status = ANY (ARRAY['needs-action'::text, 'acknowledged'::text, 'in-process'::text, 'submitted'::text, 'completed'::text, 'cancelled'::text]))),
  CONSTRAINT assignment_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(id),
  CONSTRAINT assignment_task_id_unit_id_deadline_key_original_due_key UNIQUE NULLS NOT DISTINCT (task_id, unit_id, deadline_key, original_due)
);
CREATE INDEX assignment_next_look ON assignment USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX assignment_of_unit ON assignment USING btree (office_id, unit_id);
CREATE TRIGGER assignment_stays BEFORE DELETE OR UPDATE OF id OR TRUNCATE ON assignment FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE attempt (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  message_id uuid NOT NULL,
  fence integer NOT NULL,
  worker text NOT NULL,
  status text NOT NULL,
  code text NOT NULL,
  detail text NOT NULL,
  claimed_at timestamp with time zone NOT NULL,
  settled_at timestamp with time zone NOT NULL,
  CONSTRAINT attempt_pkey PRIMARY KEY (id)
);
CREATE INDEX attempt_of_message ON attempt USING btree (message_id);
CREATE TRIGGER attempt_of_message AFTER INSERT ON attempt REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_message();
CREATE TRIGGER attempt_stays_with BEFORE UPDATE OF message_id ON attempt FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE body (
  message_id uuid NOT NULL,
  office_id text NOT NULL,
  revision integer NOT NULL,
  hash text NOT NULL,
  subject text NOT NULL,
  text text NOT NULL,
  html text NOT NULL,
  CONSTRAINT body_pkey PRIMARY KEY (message_id)
);
CREATE TRIGGER body_of_message AFTER INSERT ON body REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_message();
CREATE TRIGGER body_stays_with BEFORE UPDATE OF message_id ON body FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE channel_down (
  channel text NOT NULL,
  since timestamp with time zone NOT NULL,
  code text NOT NULL,
  CONSTRAINT channel_down_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  CONSTRAINT channel_down_pkey PRIMARY KEY (channel)
);

TABLE connection_slot (
  provider text NOT NULL,
  slot integer NOT NULL,
  holder uuid NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  CONSTRAINT connection_slot_pkey PRIMARY KEY (provider, slot)
);

TABLE console_session (
  token_hash text NOT NULL,
  operator text NOT NULL,
  credential text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT console_session_pkey PRIMARY KEY (token_hash)
);

TABLE contact (
  office_id text NOT NULL,
  id text NOT NULL,
  unit_id text NOT NULL,
  position integer NOT NULL,
  post text NOT NULL,
  name text NOT NULL,
  email text,
  mobile text,
  valid_from date,
  valid_until date,
  removed boolean NOT NULL DEFAULT false,
  CONSTRAINT contact_office_id_unit_id_fkey FOREIGN KEY (office_id, unit_id) REFERENCES unit(office_id, id),
  CONSTRAINT contact_pkey PRIMARY KEY (office_id, id)
);
CREATE INDEX contact_of_unit ON contact USING btree (office_id, unit_id);

TABLE gate (
  sole boolean NOT NULL DEFAULT true,
  minimum integer NOT NULL,
  CONSTRAINT gate_pkey PRIMARY KEY (sole),
  CONSTRAINT gate_sole_check CHECK (sole)
);

TABLE history (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  assignment_id bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  means text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  from_due date,
  to_due date,
  note text,
  evidence jsonb,
  CONSTRAINT history_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignment(id),
  CONSTRAINT history_pkey PRIMARY KEY (id)
);
CREATE INDEX history_of_assignment ON history USING btree (assignment_id);
CREATE TRIGGER history_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

TABLE hold (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text,
  reason text NOT NULL,
  detail text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  opened_by text NOT NULL,
  released_at timestamp with time zone,
  released_by text,
  release_note text,
  CONSTRAINT hold_check CHECK (((released_at IS NULL) = (released_by IS NULL))),
  CONSTRAINT hold_pkey PRIMARY KEY (id),
  CONSTRAINT hold_reason_check CHECK ((reason = ANY (ARRAY['operator'::text, 'restored'::text, 'clock'::text, 'burst'::text, 'disk'::text])))
);
CREATE UNIQUE INDEX hold_open ON hold USING btree (office_id, reason) NULLS NOT DISTINCT WHERE (released_at IS NULL);

TABLE ladder (
  hash text NOT NULL,
  content jsonb NOT NULL,
  CONSTRAINT ladder_pkey PRIMARY KEY (hash)
);

TABLE message (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  office_id text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  to_unit text NOT NULL,
  to_post text NOT NULL,
  to_name text NOT NULL,
  day date NOT NULL,
  slot integer NOT NULL,
  status text NOT NULL DEFAULT 'created'::text,
  owed_at timestamp with time zone,
  queued_at timestamp with time zone,
  fence integer NOT NULL DEFAULT 0,
  lease_until timestamp with time zone,
  worker text,
  claimed_at timestamp with time zone,
  handed_over_at timestamp with time zone,
  attempts integer NOT NULL DEFAULT 0,
  resends integer NOT NULL DEFAULT 0,
  code text NOT NULL DEFAULT ''::text,
  detail text NOT NULL DEFAULT ''::text,
  settled_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  urgent boolean NOT NULL DEFAULT false,
  chunk uuid,
  due_at timestamp with time zone,
  kind text NOT NULL DEFAULT 'reminders'::text,
  CONSTRAINT message_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  CONSTRAINT message_check CHECK (((status = 'sending'::text) = (lease_until IS NOT NULL))),
  CONSTRAINT message_kind_check CHECK ((kind = ANY (ARRAY['reminders'::text, 'briefing'::text]))),
  CONSTRAINT message_pkey PRIMARY KEY (id),
  CONSTRAINT message_status_check CHECK ((status = ANY (ARRAY['created'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'temporary-failure'::text, 'permanent-failure'::text, 'unknown'::text, 'cancelled'::text])))
);
CREATE INDEX message_briefing ON message USING btree (office_id, day) WHERE (kind = 'briefing'::text);
CREATE INDEX message_in_trouble ON message USING btree (status, settled_at) WHERE (status = ANY (ARRAY['temporary-failure'::text, 'permanent-failure'::text, 'unknown'::text]));
CREATE INDEX message_in_turn ON message USING btree (channel, urgent, office_id, owed_at, id) WHERE ((owed_at IS NOT NULL) AND (queued_at IS NULL));
CREATE INDEX message_leased ON message USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX message_owed ON message USING btree (owed_at) WHERE ((owed_at IS NOT NULL) AND (queued_at IS NULL));
CREATE INDEX message_queued ON message USING btree (owed_at) WHERE (queued_at IS NOT NULL);
CREATE INDEX message_resent ON message USING btree (resends) WHERE (resends > 0);
CREATE INDEX message_settled ON message USING btree (settled_at) WHERE (settled_at IS NOT NULL);
CREATE UNIQUE INDEX message_slot ON message USING btree (office_id, channel, address, day, slot) WHERE (status <> 'cancelled'::text);
CREATE INDEX message_unconfirmed ON message USING btree (settled_at) WHERE ((channel = 'sms'::text) AND (status = 'sent'::text));
CREATE TRIGGER message_of_office AFTER INSERT ON message REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_office();
CREATE TRIGGER message_states BEFORE UPDATE OF status ON message FOR EACH ROW WHEN (((old.status <> new.status) AND (NOT message_may_become(old.status, new.status)))) EXECUTE FUNCTION refuse_state();
CREATE TRIGGER message_stays BEFORE DELETE OR UPDATE OF id OR TRUNCATE ON message FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();
CREATE TRIGGER message_stays_with BEFORE UPDATE OF office_id ON message FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE message_history (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  message_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  means text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  note text,
  CONSTRAINT message_history_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  CONSTRAINT message_history_pkey PRIMARY KEY (id)
);
CREATE INDEX message_history_of_message ON message_history USING btree (message_id);
CREATE TRIGGER message_history_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON message_history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

TABLE office (
  id text NOT NULL,
  settings jsonb NOT NULL,
  supervisor text NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT office_pkey PRIMARY KEY (id)
);
CREATE TRIGGER office_stays BEFORE DELETE OR UPDATE OF id OR TRUNCATE ON office FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE past_schedule (
  office_id text NOT NULL,
  schedule text NOT NULL,
  revision integer NOT NULL,
  document jsonb NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  CONSTRAINT past_schedule_office_id_schedule_fkey FOREIGN KEY (office_id, schedule) REFERENCES schedule(office_id, name),
  CONSTRAINT past_schedule_pkey PRIMARY KEY (office_id, schedule, revision)
);
CREATE TRIGGER past_schedule_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON past_schedule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

TABLE problem (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text,
  assignment_id bigint,
  subject text NOT NULL DEFAULT ''::text,
  kind text NOT NULL,
  detail text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  CONSTRAINT problem_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignment(id),
  CONSTRAINT problem_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  CONSTRAINT problem_pkey PRIMARY KEY (id)
);
CREATE INDEX problem_of_assignment ON problem USING btree (assignment_id) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX problem_open ON problem USING btree (office_id, kind, assignment_id, subject) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

TABLE process (
  id text NOT NULL,
  roles text[] NOT NULL,
  version text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT process_pkey PRIMARY KEY (id)
);

TABLE provider (
  name text NOT NULL,
  channel text NOT NULL,
  configured double precision,
  burst integer NOT NULL DEFAULT 1,
  rate double precision,
  ceiling double precision,
  free_at timestamp with time zone,
  slowed_at timestamp with time zone,
  stepped_at timestamp with time zone,
  throttled bigint NOT NULL DEFAULT 0,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT provider_burst_check CHECK ((burst >= 1)),
  CONSTRAINT provider_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  CONSTRAINT provider_configured_check CHECK ((configured > (0)::double precision)),
  CONSTRAINT provider_pkey PRIMARY KEY (name),
  CONSTRAINT provider_rate_check CHECK ((rate > (0)::double precision))
);

TABLE provider_part (
  channel text NOT NULL,
  provider_id text NOT NULL,
  office_id text,
  message_id uuid,
  state text,
  code text,
  received_at timestamp with time zone,
  recipient text,
  CONSTRAINT provider_part_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  CONSTRAINT provider_part_pkey PRIMARY KEY (channel, provider_id),
  CONSTRAINT provider_part_state_check CHECK ((state = ANY (ARRAY['delivered'::text, 'failed'::text, 'expired'::text])))
);
CREATE INDEX provider_part_of_message ON provider_part USING btree (message_id);
CREATE INDEX provider_part_unmatched ON provider_part USING btree (received_at) WHERE (message_id IS NULL);

TABLE pulse (
  name text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT pulse_pkey PRIMARY KEY (name)
);

TABLE recipient (
  office_id text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  refused_at timestamp with time zone,
  refused_code text,
  CONSTRAINT recipient_pkey PRIMARY KEY (office_id, channel, address)
);
CREATE INDEX recipient_refused ON recipient USING btree (office_id) WHERE (refused_at IS NOT NULL);

TABLE reminder (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  assignment_id bigint NOT NULL,
  sequence integer NOT NULL,
  stage text NOT NULL,
  occurrence text NOT NULL,
  contact text NOT NULL,
  channel text NOT NULL,
  letter text NOT NULL,
  rung integer NOT NULL,
  unit_id text NOT NULL,
  post text NOT NULL,
  copy boolean NOT NULL,
  address text NOT NULL,
  name text NOT NULL,
  at timestamp with time zone NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'planned'::text,
  void_reason text,
  message_id uuid NOT NULL,
  sent_at timestamp with time zone,
  instead_of text,
  CONSTRAINT reminder_assignment_id_sequence_stage_occurrence_contact_ch_key UNIQUE (assignment_id, sequence, stage, occurrence, contact, channel),
  CONSTRAINT reminder_pkey PRIMARY KEY (id),
  CONSTRAINT reminder_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'sent'::text, 'undeliverable'::text, 'merged'::text, 'void'::text])))
);
CREATE INDEX reminder_of_message ON reminder USING btree (message_id);
CREATE TRIGGER reminder_moved AFTER UPDATE OF message_id ON reminder FOR EACH ROW WHEN ((old.message_id <> new.message_id)) EXECUTE FUNCTION moved_to_message();
CREATE TRIGGER reminder_of_assignment AFTER INSERT ON reminder REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_assignment();
CREATE TRIGGER reminder_of_message AFTER INSERT ON reminder REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_message();
CREATE TRIGGER reminder_states BEFORE UPDATE OF state ON reminder FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT reminder_may_become(old.state, new.state)))) EXECUTE FUNCTION refuse_state();
CREATE TRIGGER reminder_stays_with BEFORE UPDATE OF assignment_id ON reminder FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE schedule (
  office_id text NOT NULL,
  name text NOT NULL,
  document jsonb NOT NULL,
  confirmed_at timestamp with time zone NOT NULL,
  confirmed_by text NOT NULL,
  revision integer NOT NULL DEFAULT 0,
  revised_at timestamp with time zone,
  revised_by text,
  CONSTRAINT schedule_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  CONSTRAINT schedule_pkey PRIMARY KEY (office_id, name)
);

TABLE suppression (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  assignment_id bigint NOT NULL,
  sequence integer NOT NULL,
  stage text NOT NULL,
  occurrence text NOT NULL,
  contact text,
  channel text,
  reason text NOT NULL,
  detail text NOT NULL,
  at timestamp with time zone NOT NULL,
  until timestamp with time zone,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT suppression_assignment_id_sequence_stage_occurrence_contact_key UNIQUE NULLS NOT DISTINCT (assignment_id, sequence, stage, occurrence, contact, channel, reason, until),
  CONSTRAINT suppression_pkey PRIMARY KEY (id)
);
CREATE INDEX suppression_at ON suppression USING btree (at);
CREATE TRIGGER suppression_of_assignment AFTER INSERT ON suppression REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION of_assignment();
CREATE TRIGGER suppression_stays_with BEFORE UPDATE OF assignment_id ON suppression FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss();

TABLE task (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  office_id text NOT NULL,
  schedule text NOT NULL,
  ref text NOT NULL,
  position integer NOT NULL,
  document jsonb NOT NULL,
  retired boolean NOT NULL DEFAULT false,
  CONSTRAINT task_office_id_schedule_fkey FOREIGN KEY (office_id, schedule) REFERENCES schedule(office_id, name),
  CONSTRAINT task_pkey PRIMARY KEY (id)
);
CREATE INDEX task_of_schedule ON task USING btree (office_id, schedule);
CREATE UNIQUE INDEX task_ref ON task USING btree (office_id, schedule, ref) WHERE (NOT retired);

TABLE told (
  office_id text NOT NULL,
  schedule text NOT NULL,
  ref text NOT NULL,
  unit_id text NOT NULL,
  deadline_key text NOT NULL,
  original_due date,
  sequence integer NOT NULL,
  stage text NOT NULL,
  occurrence text NOT NULL,
  contact text NOT NULL,
  channel text NOT NULL,
  message_id uuid NOT NULL,
  accepted_at timestamp with time zone NOT NULL,
  CONSTRAINT told_office_id_schedule_ref_unit_id_deadline_key_original_d_key UNIQUE NULLS NOT DISTINCT (office_id, schedule, ref, unit_id, deadline_key, original_due, sequence, stage, occurrence, contact, channel)
);

TABLE unit (
  office_id text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  external boolean NOT NULL,
  retired boolean NOT NULL DEFAULT false,
  CONSTRAINT unit_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  CONSTRAINT unit_pkey PRIMARY KEY (office_id, id)
);

TABLE unit_alias (
  office_id text NOT NULL,
  unit_id text NOT NULL,
  position integer NOT NULL,
  alias text NOT NULL,
  CONSTRAINT unit_alias_office_id_unit_id_fkey FOREIGN KEY (office_id, unit_id) REFERENCES unit(office_id, id),
  CONSTRAINT unit_alias_pkey PRIMARY KEY (office_id, unit_id, "position")
);

TABLE unit_group (
  office_id text NOT NULL,
  name text NOT NULL,
  position integer NOT NULL,
  aliases text[] NOT NULL,
  members text[] NOT NULL,
  review text,
  CONSTRAINT unit_group_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  CONSTRAINT unit_group_pkey PRIMARY KEY (office_id, name)
);
