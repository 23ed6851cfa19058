-- Each write is one call and one transaction: the resource, its look-up values, its seat and its audit row.
-- Locks are taken in the order tenant, group, user, so that no two writes wait for each other.

-- In plpgsql, which keeps the plan; a function in SQL would be planned at each call.
CREATE OR REPLACE FUNCTION put_values(p_tenant int, p_id uuid, p_values jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attr_value (tenant, resource, path, element_no, type_key, value_key, is_primary, is_unique)
  SELECT p_tenant, p_id, v.path, v.no, v.type, v.value, v.prime, coalesce(v.uniq, false)
  FROM jsonb_to_recordset(p_values) AS v(path text, no int, type text, value text, prime boolean, uniq boolean);
END $$;

-- Creates users, all or none, and returns them in order. One statement for all of them: a row of the counts or of the pool that is
-- written once for each user leaves as many dead versions, and a statement costs as much as the rows that it writes. The licence
-- is the default of the configuration that makes the user; licence_type if that is no more.
CREATE OR REPLACE FUNCTION create_users(p_tenant int, p_users jsonb)
RETURNS TABLE (r_created timestamptz, r_type text, r_state text) LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz;
BEGIN
  PERFORM lock_licences(p_tenant);
  since := clock_timestamp();
  RETURN QUERY WITH asked AS MATERIALIZED (
    SELECT u.*, coalesce(c.default_licence, u.licence_type) AS type
    FROM ROWS FROM (jsonb_to_recordset(p_users) AS (id uuid, attrs jsonb, user_name text, display_name text, external_id text,
        active boolean, configuration uuid, licence_type text, "values" jsonb, actor text))
      WITH ORDINALITY AS u(id, attrs, user_name, display_name, external_id, active, configuration, licence_type, "values", actor, n)
      LEFT JOIN configuration c ON c.id = u.configuration
  ), seated AS MATERIALIZED (
    SELECT a.*, CASE WHEN a.active IS NOT TRUE OR a.type = 'none' THEN 'none'
      WHEN row_number() OVER (PARTITION BY a.type, a.active ORDER BY a.n)
        <= CASE WHEN p.type IS NULL THEN 0 ELSE coalesce(p.seats - p.used, 2147483647) END THEN 'licensed'
      ELSE 'waiting' END AS state
    FROM asked a LEFT JOIN licence_pool p ON p.tenant = p_tenant AND p.type = a.type
  ), made AS (
    INSERT INTO resource (tenant, id, type, attrs, user_name_key, display_name_key, external_id, active,
        configuration, base_licence, licence_type, licence_state, licence_held, waiting_since)
      SELECT p_tenant, s.id, 'User', s.attrs, s.user_name, s.display_name, s.external_id, s.active,
        s.configuration, s.type, s.type, s.state, CASE WHEN s.state = 'licensed' THEN s.type END,
        CASE WHEN s.state = 'waiting' THEN since END
      FROM seated s ORDER BY s.n
      RETURNING id, created
  ), counted AS (
    UPDATE licence_pool p SET used = p.used + taken.n
      FROM (SELECT s.type, count(*) AS n FROM seated s WHERE s.state = 'licensed' GROUP BY s.type) taken
      WHERE p.tenant = p_tenant AND p.type = taken.type
  ), found AS (
    INSERT INTO attr_value (tenant, resource, path, element_no, type_key, value_key, is_primary, is_unique)
      SELECT p_tenant, s.id, v.path, v.no, v.type, v.value, v.prime, coalesce(v.uniq, false)
      FROM seated s, jsonb_to_recordset(s."values") AS v(path text, no int, type text, value text, prime boolean, uniq boolean)
  ), audited AS (
    INSERT INTO audit (tenant, actor, action, subject, subject_id)
      SELECT p_tenant, s.actor, 'user created', s.attrs ->> 'userName', s.id FROM seated s ORDER BY s.n
  )
  SELECT m.created, s.type, s.state FROM seated s JOIN made m ON m.id = s.id ORDER BY s.n;
END $$;

-- No row: the version is no longer p_version. p_values: the look-up values of the attributes p_paths, which alone changed.
CREATE OR REPLACE FUNCTION update_user(
  p_tenant int, p_id uuid, p_version bigint, p_attrs jsonb, p_user_name_key text, p_display_name_key text,
  p_external_id text, p_active boolean, p_paths text[], p_values jsonb, p_actor text, p_changed text
) RETURNS TABLE (r_version bigint, r_modified timestamptz, r_state text) LANGUAGE plpgsql AS $$
DECLARE
  was resource;
BEGIN
  SELECT * INTO was FROM resource WHERE tenant = p_tenant AND id = p_id AND type = 'User' AND version = p_version;
  IF NOT FOUND THEN RETURN; END IF;
  IF was.active IS DISTINCT FROM p_active THEN PERFORM lock_licences(p_tenant); END IF;
  UPDATE resource SET version = version + 1, modified = date_trunc('milliseconds', now()), attrs = p_attrs,
    user_name_key = p_user_name_key, display_name_key = p_display_name_key, external_id = p_external_id, active = p_active
    WHERE tenant = p_tenant AND id = p_id AND version = p_version
    RETURNING version, modified, licence_state INTO r_version, r_modified, r_state;
  IF NOT FOUND THEN RETURN; END IF;
  IF was.active IS DISTINCT FROM p_active THEN
    r_state := CASE WHEN p_active THEN take_seat(p_tenant, was.licence_type) ELSE 'none' END;
    UPDATE resource SET licence_state = r_state, licence_held = CASE WHEN r_state = 'licensed' THEN was.licence_type END,
      waiting_since = CASE WHEN r_state = 'waiting' THEN clock_timestamp() END
      WHERE tenant = p_tenant AND id = p_id;
    IF was.licence_held IS NOT NULL THEN PERFORM free_seat(p_tenant, was.licence_held, p_actor); END IF;
  END IF;
  IF cardinality(p_paths) > 0 THEN
    DELETE FROM attr_value WHERE tenant = p_tenant AND resource = p_id AND path = ANY (p_paths);
    IF p_values <> '[]' THEN PERFORM put_values(p_tenant, p_id, p_values); END IF;
  END IF;
  INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    VALUES (p_tenant, p_actor, CASE WHEN was.active AND NOT p_active THEN 'user disabled'
      WHEN p_active AND NOT was.active THEN 'user enabled' ELSE 'user updated' END,
      p_attrs ->> 'userName', p_id, p_changed);
  RETURN NEXT;
END $$;
