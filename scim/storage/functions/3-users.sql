-- Each write is one call and one transaction: the resource, its look-up values, its seat and its audit row.
-- Locks are taken in the order tenant, group, user, so that no two writes wait for each other.

-- In plpgsql, which keeps the plan; a function in SQL would be planned at each call.
CREATE OR REPLACE FUNCTION put_values(p_tenant int, p_id uuid, p_values jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attr_value (tenant, resource, path, element_no, type_key, value_key, is_primary, is_unique)
  SELECT p_tenant, p_id, v.path, v.no, v.type, v.value, v.prime, coalesce(v.uniq, false)
  FROM jsonb_to_recordset(p_values) AS v(path text, no int, type text, value text, prime boolean, uniq boolean);
END $$;

-- The licence is the default of the configuration that makes the user; p_licence_type if that is no more.
CREATE OR REPLACE FUNCTION create_user(
  p_tenant int, p_id uuid, p_attrs jsonb, p_user_name_key text, p_display_name_key text, p_external_id text,
  p_active boolean, p_configuration uuid, p_licence_type text, p_values jsonb, p_actor text
) RETURNS TABLE (r_created timestamptz, r_type text, r_state text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_licences(p_tenant);
  r_type := coalesce((SELECT default_licence FROM configuration WHERE id = p_configuration), p_licence_type);
  r_state := CASE WHEN p_active THEN take_seat(p_tenant, r_type) ELSE 'none' END;
  INSERT INTO resource (tenant, id, type, attrs, user_name_key, display_name_key, external_id, active,
      configuration, base_licence, licence_type, licence_state, licence_held, waiting_since)
    VALUES (p_tenant, p_id, 'User', p_attrs, p_user_name_key, p_display_name_key, p_external_id, p_active,
      p_configuration, r_type, r_type, r_state, CASE WHEN r_state = 'licensed' THEN r_type END,
      CASE WHEN r_state = 'waiting' THEN clock_timestamp() END)
    RETURNING created INTO r_created;
  IF p_values <> '[]' THEN PERFORM put_values(p_tenant, p_id, p_values); END IF;
  INSERT INTO audit (tenant, actor, action, subject, subject_id)
    VALUES (p_tenant, p_actor, 'user created', p_attrs ->> 'userName', p_id);
  RETURN NEXT;
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
