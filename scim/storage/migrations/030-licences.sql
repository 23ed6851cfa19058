-- licence_type is the type a user is to have: the highest of base_licence, which its configuration gives, and the licences of the
-- groups it is in. licence_held is the type of the seat it has: the same if it is licensed; none, or a lower one, while it waits.
ALTER TABLE resource ADD configuration uuid, ADD base_licence text, ADD licence_held text;

UPDATE resource r SET base_licence = licence_type, licence_held = CASE WHEN licence_state = 'licensed' THEN licence_type END,
  configuration = (SELECT min(c.id::text)::uuid FROM configuration c WHERE c.tenant = r.tenant HAVING count(*) = 1)
  WHERE type = 'User';

CREATE TABLE group_licence (
  tenant int NOT NULL,
  group_id uuid NOT NULL,
  type text NOT NULL,
  PRIMARY KEY (tenant, group_id),
  FOREIGN KEY (tenant, group_id) REFERENCES resource ON DELETE CASCADE
);

-- The groups in a group, without reading its other members.
CREATE INDEX membership_groups ON membership (tenant, group_id, member_id) WHERE member_type = 'Group';
