-- Key columns hold what the application has folded, so that equality does not depend on the database's collation;
-- collation "C" lets one index serve equality, order and prefixes.
-- The tables that every write adds to have no foreign keys: the check would cost as much as the row.

CREATE TABLE tenant (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  display_name text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);

-- seats NULL: not limited. "used" may exceed seats after the pool was made smaller.
CREATE TABLE licence_pool (
  tenant int NOT NULL REFERENCES tenant ON DELETE CASCADE,
  type text NOT NULL,
  seats int,
  used int NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, type)
);

CREATE TABLE resource (
  tenant int NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  version bigint NOT NULL DEFAULT 1,
  attrs jsonb NOT NULL,
  created timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
  modified timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
  user_name_key text COLLATE "C",
  display_name_key text COLLATE "C",
  external_id text COLLATE "C",
  active boolean,
  licence_type text,
  licence_state text,
  waiting_since timestamptz,
  PRIMARY KEY (tenant, id)
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX resource_user_name ON resource (tenant, user_name_key) WHERE type = 'User';
CREATE UNIQUE INDEX resource_group_name ON resource (tenant, display_name_key) WHERE type = 'Group';
CREATE INDEX resource_display_name ON resource (tenant, type, display_name_key);
CREATE INDEX resource_external_id ON resource (tenant, type, external_id);
CREATE INDEX resource_order ON resource (tenant, type, seq);
CREATE INDEX resource_waiting ON resource (tenant, licence_type, waiting_since, seq) WHERE licence_state = 'waiting';

-- One row for each value of the multi-valued attributes (and the manager) that clients look resources up by.
CREATE TABLE attr_value (
  tenant int NOT NULL,
  resource uuid NOT NULL,
  path text NOT NULL,
  element_no int NOT NULL,
  type_key text COLLATE "C",
  value_key text COLLATE "C",
  is_primary boolean,
  PRIMARY KEY (tenant, resource, path, element_no)
);
CREATE INDEX attr_value_key ON attr_value (tenant, path, value_key);

CREATE TABLE membership (
  tenant int NOT NULL,
  group_id uuid NOT NULL,
  member_id uuid NOT NULL,
  member_type text NOT NULL,
  PRIMARY KEY (tenant, group_id, member_id),
  FOREIGN KEY (tenant, group_id) REFERENCES resource ON DELETE CASCADE,
  FOREIGN KEY (tenant, member_id) REFERENCES resource ON DELETE CASCADE
);
CREATE INDEX membership_of ON membership (tenant, member_id, group_id);

CREATE TABLE audit (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  tenant int NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  subject_id uuid,
  changed text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, seq)
);

CREATE TABLE configuration (
  id uuid PRIMARY KEY,
  tenant int NOT NULL REFERENCES tenant ON DELETE CASCADE,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  default_licence text NOT NULL,
  managed_by text,
  client_id text NOT NULL UNIQUE,
  created timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant, name_key)
);

-- The secret itself is random and long, so its plain hash is enough, and can be looked up.
CREATE TABLE client_secret (
  id uuid PRIMARY KEY,
  configuration uuid NOT NULL REFERENCES configuration ON DELETE CASCADE,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  hash text NOT NULL,
  retires_others boolean NOT NULL,
  created timestamptz NOT NULL DEFAULT now(),
  expires timestamptz NOT NULL,
  last_used timestamptz
);
CREATE INDEX client_secret_of ON client_secret (configuration);

CREATE TABLE signing_key (
  id uuid PRIMARY KEY,
  key text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
