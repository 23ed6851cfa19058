-- Which type of licence a user is to have, and what changes it: memberships, licences of groups, defaults of configurations.

-- To be called before the locks of groups and users are taken. The first lock lets memberships change together, but not while a
-- group is given a licence: neither would see the other.
CREATE OR REPLACE FUNCTION lock_memberships(p_tenant int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(730, p_tenant);
  IF EXISTS (SELECT 1 FROM group_licence WHERE tenant = p_tenant) THEN PERFORM lock_licences(p_tenant); END IF;
END $$;

-- The groups whose members are given a licence: those that have one themselves, and all groups in them.
CREATE OR REPLACE FUNCTION licensed_groups(p_tenant int) RETURNS TABLE (id uuid, rank int) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE below (id, rank) AS (
    SELECT g.group_id, licence_rank(g.type) FROM group_licence g WHERE g.tenant = p_tenant
    UNION
    SELECT m.member_id, b.rank FROM below b
      JOIN membership m ON m.tenant = p_tenant AND m.group_id = b.id AND m.member_type = 'Group'
  )
  SELECT b.id, max(b.rank) FROM below b GROUP BY b.id
$$;

CREATE OR REPLACE FUNCTION gives_licence(p_tenant int, p_group uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM group_licence WHERE tenant = p_tenant)
    AND EXISTS (SELECT 1 FROM licensed_groups(p_tenant) WHERE id = p_group);
END $$;

-- The users among some members of groups, and in the groups among them.
CREATE OR REPLACE FUNCTION users_among(p_tenant int, p_members uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE groups (id) AS (
    SELECT r.id FROM resource r WHERE r.tenant = p_tenant AND r.id = ANY (p_members) AND r.type = 'Group'
    UNION
    SELECT m.member_id FROM groups g
      JOIN membership m ON m.tenant = p_tenant AND m.group_id = g.id AND m.member_type = 'Group'
  )
  SELECT coalesce(array_agg(u.id), '{}') FROM (
    SELECT r.id FROM resource r WHERE r.tenant = p_tenant AND r.id = ANY (p_members) AND r.type = 'User'
    UNION
    SELECT m.member_id FROM groups g
      JOIN membership m ON m.tenant = p_tenant AND m.group_id = g.id AND m.member_type = 'User'
  ) u
$$;

-- Gives users the type of licence that they are to have by now, and seats as far as there are any. A lower type frees the seat at
-- once; for a higher one whose seats are all taken a user waits on the seat it holds. p_base: what their configuration gives from
-- now on, NULL if that stays as it is. The caller holds the lock on the tenant's row.
CREATE OR REPLACE FUNCTION relicense(p_tenant int, p_users uuid[], p_base text, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz := clock_timestamp();
BEGIN
  IF cardinality(p_users) = 0 THEN RETURN; END IF;
  -- A plan made for few users takes minutes for many.
  IF cardinality(p_users) > 100 THEN PERFORM set_config('plan_cache_mode', 'force_custom_plan', true); END IF;
  WITH licensed AS MATERIALIZED (
    SELECT id, rank FROM licensed_groups(p_tenant)
  ), by_groups AS MATERIALIZED (
    SELECT m.member_id AS id, max(g.rank) AS rank FROM unnest(p_users) AS u(id)
      JOIN membership m ON m.tenant = p_tenant AND m.member_id = u.id JOIN licensed g ON g.id = m.group_id
      GROUP BY m.member_id
  ), wanted AS (
    SELECT r.id, r.seq, r.active, r.licence_type AS was, r.licence_held AS held, r.licence_state AS state,
      coalesce(p_base, r.base_licence) AS base,
      (ARRAY['none', 'readOnly', 'concurrent', 'named'])[1 +
        greatest(g.rank, licence_rank(coalesce(p_base, r.base_licence)))] AS type
    FROM unnest(p_users) AS u(id) JOIN resource r ON r.tenant = p_tenant AND r.id = u.id AND r.type = 'User'
      LEFT JOIN by_groups g ON g.id = r.id
    WHERE p_base IS DISTINCT FROM r.base_licence
  ), queued AS (
    SELECT w.*, w.type <> w.was AS differs, w.active AND w.type <> 'none' AS entitled,
      w.held IS NOT DISTINCT FROM w.type AS has,
      row_number() OVER (PARTITION BY w.type, w.active AND w.held IS DISTINCT FROM w.type AND w.type <> w.was ORDER BY w.seq)
        <= coalesce(p.seats - p.used, 2147483647) AS fits
    FROM wanted w LEFT JOIN licence_pool p ON p.tenant = p_tenant AND p.type = w.type
  ), decided AS (
    SELECT q.*, CASE WHEN NOT differs THEN state WHEN NOT entitled THEN 'none' WHEN has OR fits THEN 'licensed' ELSE 'waiting' END AS next,
      CASE WHEN NOT differs THEN held WHEN NOT entitled THEN NULL WHEN has OR fits THEN type
        WHEN licence_rank(held) < licence_rank(type) THEN held END AS next_held
    FROM queued q
  ), written AS (
    UPDATE resource r SET base_licence = d.base, licence_type = d.type, licence_state = d.next, licence_held = d.next_held,
      waiting_since = CASE WHEN NOT d.differs THEN r.waiting_since WHEN d.next = 'waiting' THEN since END,
      version = r.version + d.differs::int,
      modified = CASE WHEN d.differs THEN date_trunc('milliseconds', now()) ELSE r.modified END
    FROM decided d WHERE r.tenant = p_tenant AND r.id = d.id AND (d.differs OR p_base IS NOT NULL)
    RETURNING r.id, r.seq, r.attrs ->> 'userName' AS name, d.was, d.type, d.next, d.held, d.next_held, d.differs
  ), audited AS (
    INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    SELECT p_tenant, p_actor, 'licence changed', name, id,
      concat(was, ' → ', type, CASE WHEN next = 'waiting' THEN ', waiting' END) FROM written WHERE differs ORDER BY seq
  ), moved AS (
    SELECT s.type, sum(s.n) AS n FROM written CROSS JOIN LATERAL (VALUES (held, -1), (next_held, 1)) AS s(type, n)
    WHERE held IS DISTINCT FROM next_held AND s.type IS NOT NULL GROUP BY s.type
  )
  UPDATE licence_pool p SET used = p.used + moved.n FROM moved WHERE p.tenant = p_tenant AND p.type = moved.type;
  PERFORM promote_all(p_tenant, p_actor);
END $$;

-- After members of a group were added or removed. The caller has called lock_memberships.
CREATE OR REPLACE FUNCTION relicense_members(p_tenant int, p_group uuid, p_members uuid[], p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF gives_licence(p_tenant, p_group) THEN
    PERFORM relicense(p_tenant, users_among(p_tenant, p_members), NULL, p_actor);
  END IF;
END $$;

-- Users whose licence is about to change, in the order of their making. They may be so many that one statement would take too long.
CREATE OR REPLACE FUNCTION note_users(p_tenant int, p_users uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMPORARY TABLE noted_user (n bigint PRIMARY KEY, id uuid) ON COMMIT DROP;
  INSERT INTO noted_user SELECT row_number() OVER (ORDER BY seq), id FROM resource WHERE tenant = p_tenant AND id = ANY (p_users);
END $$;

-- Relicenses p_count of the users noted, after the first p_after. Returns whether there were any.
CREATE OR REPLACE FUNCTION relicense_noted(p_tenant int, p_after bigint, p_count int, p_base text, p_actor text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  users uuid[] := ARRAY(SELECT id FROM noted_user WHERE n > p_after AND n <= p_after + p_count);
BEGIN
  PERFORM relicense(p_tenant, users, p_base, p_actor);
  RETURN users <> '{}';
END $$;

-- p_type NULL: none of its own. Returns whether there is such a group. In the same transaction the users noted are relicensed.
CREATE OR REPLACE FUNCTION set_group_licence(p_tenant int, p_group uuid, p_type text, p_actor text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name text;
  was text;
BEGIN
  PERFORM pg_advisory_xact_lock(730, p_tenant);
  PERFORM lock_licences(p_tenant);
  SELECT attrs ->> 'displayName' INTO name FROM resource WHERE tenant = p_tenant AND id = p_group AND type = 'Group' FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM note_users(p_tenant, users_among(p_tenant, ARRAY[p_group]));
  SELECT type INTO was FROM group_licence WHERE tenant = p_tenant AND group_id = p_group;
  IF was IS NOT DISTINCT FROM p_type THEN RETURN true; END IF;
  IF p_type IS NULL THEN
    DELETE FROM group_licence WHERE tenant = p_tenant AND group_id = p_group;
  ELSE
    INSERT INTO group_licence VALUES (p_tenant, p_group, p_type)
      ON CONFLICT (tenant, group_id) DO UPDATE SET type = excluded.type;
  END IF;
  INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    VALUES (p_tenant, p_actor, 'group licence changed', name, p_group, coalesce(was, 'default') || ' → ' || coalesce(p_type, 'default'));
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION set_default_licence(p_tenant int, p_configuration uuid, p_type text, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  its_name text;
  was text;
BEGIN
  PERFORM lock_licences(p_tenant);
  SELECT name, default_licence INTO its_name, was FROM configuration
    WHERE tenant = p_tenant AND id = p_configuration FOR NO KEY UPDATE;
  PERFORM note_users(p_tenant, ARRAY(SELECT id FROM resource
    WHERE tenant = p_tenant AND type = 'User' AND configuration = p_configuration AND base_licence <> p_type));
  IF was = p_type THEN RETURN; END IF;
  UPDATE configuration SET default_licence = p_type WHERE id = p_configuration;
  INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    VALUES (p_tenant, p_actor, 'default licence changed', its_name, p_configuration, was || ' → ' || p_type);
END $$;
