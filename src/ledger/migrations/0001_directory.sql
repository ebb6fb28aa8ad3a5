-- Who there is: offices, their units, the names units are called by, and who holds which post.

-- Instants are epoch milliseconds outside; inlined, so it costs nothing.
CREATE FUNCTION cuiban.instant(ms double precision) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_timestamp(ms / 1000.0);

CREATE TABLE cuiban.office (
  id          text PRIMARY KEY,
  settings    jsonb NOT NULL,
  supervisor  text NOT NULL,
  updated_at  timestamptz NOT NULL
);

CREATE TABLE cuiban.unit (
  office_id   text NOT NULL REFERENCES cuiban.office (id),
  id          text NOT NULL,
  position    integer NOT NULL,
  name        text NOT NULL,
  external    boolean NOT NULL,
  -- No longer in the directory; its open work and its history keep it.
  retired     boolean NOT NULL DEFAULT false,
  PRIMARY KEY (office_id, id)
);

CREATE TABLE cuiban.unit_alias (
  office_id   text NOT NULL,
  unit_id     text NOT NULL,
  position    integer NOT NULL,
  alias       text NOT NULL,
  PRIMARY KEY (office_id, unit_id, position),
  FOREIGN KEY (office_id, unit_id) REFERENCES cuiban.unit (office_id, id)
);

CREATE TABLE cuiban.unit_group (
  office_id   text NOT NULL REFERENCES cuiban.office (id),
  name        text NOT NULL,
  position    integer NOT NULL,
  aliases     text[] NOT NULL,
  members     text[] NOT NULL,
  review      text,
  PRIMARY KEY (office_id, name)
);

CREATE TABLE cuiban.contact (
  office_id   text NOT NULL,
  id          text NOT NULL,
  unit_id     text NOT NULL,
  position    integer NOT NULL,
  post        text NOT NULL,
  name        text NOT NULL,
  email       text,
  mobile      text,
  valid_from  date,
  valid_until date,
  -- No longer in the directory.
  removed     boolean NOT NULL DEFAULT false,
  PRIMARY KEY (office_id, id),
  FOREIGN KEY (office_id, unit_id) REFERENCES cuiban.unit (office_id, id)
);
CREATE INDEX contact_of_unit ON cuiban.contact (office_id, unit_id);
