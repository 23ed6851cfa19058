-- Each write is one call and one transaction: the resource, its look-up values, its seat and its audit row.
-- Locks are taken in the order tenant, group, user, so that no two writes wait for each other.

-- As foldText in filter/fold.ts, for values that have no key column.
CREATE OR REPLACE FUNCTION fold_text(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(normalize(translate(p_text,
    '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　',
    '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~ '), NFC) COLLATE "und-x-icu")
$$;

-- Gives a seat, or a place in the queue. The caller holds the lock on the tenant's row.
CREATE OR REPLACE FUNCTION take_seat(p_tenant int, p_type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF p_type = 'none' THEN RETURN 'none'; END IF;
  UPDATE licence_pool SET used = used + 1 WHERE tenant = p_tenant AND type = p_type AND (seats IS NULL OR used < seats);
  RETURN CASE WHEN FOUND THEN 'licensed' ELSE 'waiting' END;
END $$;

-- Gives the free seats of a pool to those who have waited longest. The caller holds the lock on the tenant's row.
CREATE OR REPLACE FUNCTION promote_waiting(p_tenant int, p_type text, p_actor text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  free int;
  promoted int;
BEGIN
  SELECT coalesce(seats - used, 2147483647) INTO free FROM licence_pool WHERE tenant = p_tenant AND type = p_type;
  IF free IS NULL OR free <= 0 THEN RETURN 0; END IF;
  WITH first AS (
    SELECT id FROM resource
    WHERE tenant = p_tenant AND licence_type = p_type AND licence_state = 'waiting'
    ORDER BY waiting_since, seq LIMIT free
  ), promoted_users AS (
    UPDATE resource r SET licence_state = 'licensed', waiting_since = NULL, version = version + 1,
      modified = date_trunc('milliseconds', now())
    FROM first WHERE r.tenant = p_tenant AND r.id = first.id
    RETURNING r.id, r.attrs ->> 'userName' AS name
  ), audited AS (
    INSERT INTO audit (tenant, actor, action, subject, subject_id)
    SELECT p_tenant, p_actor, 'licence given', name, id FROM promoted_users RETURNING 1
  )
  SELECT count(*) INTO promoted FROM audited;
  UPDATE licence_pool SET used = used + promoted WHERE tenant = p_tenant AND type = p_type;
  RETURN promoted;
END $$;

CREATE OR REPLACE FUNCTION free_seat(p_tenant int, p_type text, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE licence_pool SET used = used - 1 WHERE tenant = p_tenant AND type = p_type;
  PERFORM promote_waiting(p_tenant, p_type, p_actor);
END $$;

-- In plpgsql, which keeps the plan; a function in SQL would be planned at each call.
CREATE OR REPLACE FUNCTION put_values(p_tenant int, p_id uuid, p_values jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attr_value (tenant, resource, path, element_no, type_key, value_key, is_primary)
  SELECT p_tenant, p_id, v.path, v.no, v.type, v.value, v.prime
  FROM jsonb_to_recordset(p_values) AS v(path text, no int, type text, value text, prime boolean);
END $$;

CREATE OR REPLACE FUNCTION create_user(
  p_tenant int, p_id uuid, p_attrs jsonb, p_user_name_key text, p_display_name_key text, p_external_id text,
  p_active boolean, p_licence_type text, p_values jsonb, p_actor text
) RETURNS TABLE (r_created timestamptz, r_state text) LANGUAGE plpgsql AS $$
BEGIN
  r_state := 'none';
  IF p_active AND p_licence_type <> 'none' THEN
    PERFORM 1 FROM tenant WHERE id = p_tenant FOR NO KEY UPDATE;
    r_state := take_seat(p_tenant, p_licence_type);
  END IF;
  INSERT INTO resource (tenant, id, type, attrs, user_name_key, display_name_key, external_id, active,
      licence_type, licence_state, waiting_since)
    VALUES (p_tenant, p_id, 'User', p_attrs, p_user_name_key, p_display_name_key, p_external_id, p_active,
      p_licence_type, r_state, CASE WHEN r_state = 'waiting' THEN clock_timestamp() END)
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
  IF was.active IS DISTINCT FROM p_active AND was.licence_type <> 'none' THEN
    PERFORM 1 FROM tenant WHERE id = p_tenant FOR NO KEY UPDATE;
  END IF;
  UPDATE resource SET version = version + 1, modified = date_trunc('milliseconds', now()), attrs = p_attrs,
    user_name_key = p_user_name_key, display_name_key = p_display_name_key, external_id = p_external_id, active = p_active
    WHERE tenant = p_tenant AND id = p_id AND version = p_version
    RETURNING version, modified, licence_state INTO r_version, r_modified, r_state;
  IF NOT FOUND THEN RETURN; END IF;
  IF was.active IS DISTINCT FROM p_active AND was.licence_type <> 'none' THEN
    r_state := CASE WHEN p_active THEN take_seat(p_tenant, was.licence_type) ELSE 'none' END;
    UPDATE resource SET licence_state = r_state,
      waiting_since = CASE WHEN r_state = 'waiting' THEN clock_timestamp() END
      WHERE tenant = p_tenant AND id = p_id;
    IF was.licence_state = 'licensed' THEN PERFORM free_seat(p_tenant, was.licence_type, p_actor); END IF;
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

-- 'deleted', 'absent' or 'changed'. p_versions NULL: whatever the version is.
CREATE OR REPLACE FUNCTION delete_resource(p_tenant int, p_id uuid, p_type text, p_versions bigint[], p_actor text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  was resource;
BEGIN
  IF p_type = 'User' THEN PERFORM 1 FROM tenant WHERE id = p_tenant FOR NO KEY UPDATE; END IF;
  UPDATE resource g SET version = g.version + 1, modified = date_trunc('milliseconds', now())
    FROM membership m WHERE m.tenant = p_tenant AND m.member_id = p_id AND g.tenant = p_tenant AND g.id = m.group_id
      AND (p_versions IS NULL
        OR EXISTS (SELECT 1 FROM resource WHERE tenant = p_tenant AND id = p_id AND version = ANY (p_versions)));
  DELETE FROM resource WHERE tenant = p_tenant AND id = p_id AND type = p_type
    AND (p_versions IS NULL OR version = ANY (p_versions)) RETURNING * INTO was;
  IF NOT FOUND THEN
    PERFORM 1 FROM resource WHERE tenant = p_tenant AND id = p_id AND type = p_type;
    RETURN CASE WHEN FOUND THEN 'changed' ELSE 'absent' END;
  END IF;
  DELETE FROM attr_value WHERE tenant = p_tenant AND resource = p_id;
  IF was.licence_state = 'licensed' THEN PERFORM free_seat(p_tenant, was.licence_type, p_actor); END IF;
  INSERT INTO audit (tenant, actor, action, subject, subject_id)
    VALUES (p_tenant, p_actor, lower(p_type) || ' deleted', coalesce(was.attrs ->> 'userName', was.attrs ->> 'displayName'), p_id);
  RETURN 'deleted';
END $$;

-- Clears the members other than p_add if asked, removes p_remove, adds p_add; returns how many rows changed.
CREATE OR REPLACE FUNCTION change_members(p_tenant int, p_group uuid, p_clear boolean, p_add uuid[], p_remove uuid[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  changed int;
  total int := 0;
  known int;
BEGIN
  IF p_clear THEN
    DELETE FROM membership WHERE tenant = p_tenant AND group_id = p_group AND NOT member_id = ANY (p_add);
    GET DIAGNOSTICS total = ROW_COUNT;
  ELSIF cardinality(p_remove) > 0 THEN
    DELETE FROM membership WHERE tenant = p_tenant AND group_id = p_group AND member_id = ANY (p_remove);
    GET DIAGNOSTICS total = ROW_COUNT;
  END IF;
  IF cardinality(p_add) > 0 THEN
    SELECT count(*) INTO known FROM resource WHERE tenant = p_tenant AND id = ANY (p_add);
    IF known < cardinality(p_add) THEN
      RAISE EXCEPTION USING ERRCODE = 'SC001', MESSAGE = (
        SELECT string_agg(a::text, ', ') FROM (
          SELECT a FROM unnest(p_add) a WHERE NOT EXISTS (SELECT 1 FROM resource WHERE tenant = p_tenant AND id = a) LIMIT 5
        ) unknown);
    END IF;
    INSERT INTO membership (tenant, group_id, member_id, member_type)
      SELECT p_tenant, p_group, id, type FROM resource WHERE tenant = p_tenant AND id = ANY (p_add)
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS changed = ROW_COUNT;
    total := total + changed;
  END IF;
  RETURN total;
END $$;

CREATE OR REPLACE FUNCTION create_group(
  p_tenant int, p_id uuid, p_attrs jsonb, p_display_name_key text, p_external_id text, p_add uuid[], p_actor text
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  made timestamptz;
BEGIN
  INSERT INTO resource (tenant, id, type, attrs, display_name_key, external_id)
    VALUES (p_tenant, p_id, 'Group', p_attrs, p_display_name_key, p_external_id) RETURNING created INTO made;
  PERFORM change_members(p_tenant, p_id, false, p_add, '{}');
  INSERT INTO audit (tenant, actor, action, subject, subject_id)
    VALUES (p_tenant, p_actor, 'group created', p_attrs ->> 'displayName', p_id);
  RETURN made;
END $$;

-- r_outcome: 'written', 'unchanged', 'absent', or 'changed' when the version is none of p_versions.
-- p_attrs NULL: only the members are written, whatever the attributes are by now.
CREATE OR REPLACE FUNCTION update_group(
  p_tenant int, p_id uuid, p_versions bigint[], p_attrs jsonb, p_display_name_key text, p_external_id text,
  p_clear boolean, p_add uuid[], p_remove uuid[], p_actor text, p_changed text
) RETURNS TABLE (r_outcome text, r_version bigint) LANGUAGE plpgsql AS $$
DECLARE
  was resource;
  moved int := 0;
BEGIN
  SELECT * INTO was FROM resource WHERE tenant = p_tenant AND id = p_id AND type = 'Group' FOR NO KEY UPDATE;
  r_version := was.version;
  IF NOT FOUND THEN r_outcome := 'absent'; RETURN NEXT; RETURN; END IF;
  IF NOT was.version = ANY (p_versions) THEN r_outcome := 'changed'; RETURN NEXT; RETURN; END IF;
  IF p_clear OR cardinality(p_add) + cardinality(p_remove) > 0 THEN
    moved := change_members(p_tenant, p_id, p_clear, p_add, p_remove);
  END IF;
  IF p_attrs IS NULL AND moved = 0 THEN r_outcome := 'unchanged'; RETURN NEXT; RETURN; END IF;
  UPDATE resource SET version = version + 1, modified = date_trunc('milliseconds', now()),
    attrs = coalesce(p_attrs, attrs),
    display_name_key = CASE WHEN p_attrs IS NULL THEN display_name_key ELSE p_display_name_key END,
    external_id = CASE WHEN p_attrs IS NULL THEN external_id ELSE p_external_id END
    WHERE tenant = p_tenant AND id = p_id RETURNING version INTO r_version;
  INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    VALUES (p_tenant, p_actor, 'group updated', coalesce(p_attrs, was.attrs) ->> 'displayName', p_id,
      concat_ws(', ', nullif(p_changed, ''), CASE WHEN moved > 0 THEN moved || ' members' END));
  r_outcome := 'written';
  RETURN NEXT;
END $$;
