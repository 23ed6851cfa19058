-- 'deleted', 'absent' or 'changed'. p_versions NULL: whatever the version is.
CREATE OR REPLACE FUNCTION delete_resource(p_tenant int, p_id uuid, p_type text, p_versions bigint[], p_actor text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  was resource;
  relicensed uuid[] := '{}';
BEGIN
  IF p_type = 'User' THEN PERFORM lock_licences(p_tenant);
  ELSE
    PERFORM lock_memberships(p_tenant);
    IF gives_licence(p_tenant, p_id) THEN relicensed := users_among(p_tenant, ARRAY[p_id]); END IF;
  END IF;
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
  IF was.licence_held IS NOT NULL THEN PERFORM free_seat(p_tenant, was.licence_held, p_actor); END IF;
  PERFORM relicense(p_tenant, relicensed, NULL, p_actor);
  INSERT INTO audit (tenant, actor, action, subject, subject_id)
    VALUES (p_tenant, p_actor, lower(p_type) || ' deleted', coalesce(was.attrs ->> 'userName', was.attrs ->> 'displayName'), p_id);
  RETURN 'deleted';
END $$;
