-- Clears the members other than p_add if asked, removes p_remove, adds p_add; returns who was removed or added.
CREATE OR REPLACE FUNCTION move_members(p_tenant int, p_group uuid, p_clear boolean, p_add uuid[], p_remove uuid[])
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  removed uuid[] := '{}';
  added uuid[] := '{}';
  known uuid[];
  unknown text;
BEGIN
  IF p_clear THEN
    WITH gone AS (
      DELETE FROM membership WHERE tenant = p_tenant AND group_id = p_group AND NOT member_id = ANY (p_add) RETURNING member_id
    )
    SELECT coalesce(array_agg(member_id), '{}') INTO removed FROM gone;
  ELSIF cardinality(p_remove) > 0 THEN
    WITH gone AS (
      DELETE FROM membership WHERE tenant = p_tenant AND group_id = p_group AND member_id = ANY (p_remove) RETURNING member_id
    )
    SELECT coalesce(array_agg(member_id), '{}') INTO removed FROM gone;
  END IF;
  IF cardinality(p_add) > 0 THEN
    -- Locked, so that none is deleted before it is a member.
    SELECT array_agg(id) INTO known FROM (
      SELECT id FROM resource WHERE tenant = p_tenant AND id = ANY (p_add) ORDER BY id FOR KEY SHARE
    ) locked;
    SELECT string_agg(id::text, ', ') INTO unknown FROM (
      SELECT unnest(p_add) EXCEPT SELECT unnest(known) LIMIT 5
    ) absent (id);
    IF unknown IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SC001', MESSAGE = unknown; END IF;
    WITH come AS (
      INSERT INTO membership (tenant, group_id, member_id, member_type)
        SELECT p_tenant, p_group, id, type FROM resource WHERE tenant = p_tenant AND id = ANY (p_add)
        ON CONFLICT DO NOTHING RETURNING member_id
    )
    SELECT coalesce(array_agg(member_id), '{}') INTO added FROM come;
  END IF;
  RETURN removed || added;
END $$;

CREATE OR REPLACE FUNCTION create_group(
  p_tenant int, p_id uuid, p_attrs jsonb, p_display_name_key text, p_external_id text, p_add uuid[], p_actor text
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  made timestamptz;
BEGIN
  INSERT INTO resource (tenant, id, type, attrs, display_name_key, external_id)
    VALUES (p_tenant, p_id, 'Group', p_attrs, p_display_name_key, p_external_id) RETURNING created INTO made;
  PERFORM move_members(p_tenant, p_id, false, p_add, '{}');
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
  changes_members boolean := p_clear OR cardinality(p_add) + cardinality(p_remove) > 0;
  moved uuid[] := '{}';
BEGIN
  IF changes_members THEN PERFORM lock_memberships(p_tenant); END IF;
  SELECT * INTO was FROM resource WHERE tenant = p_tenant AND id = p_id AND type = 'Group' FOR NO KEY UPDATE;
  r_version := was.version;
  IF NOT FOUND THEN r_outcome := 'absent'; RETURN NEXT; RETURN; END IF;
  IF NOT was.version = ANY (p_versions) THEN r_outcome := 'changed'; RETURN NEXT; RETURN; END IF;
  IF changes_members THEN
    moved := move_members(p_tenant, p_id, p_clear, p_add, p_remove);
    IF cardinality(moved) > 0 THEN PERFORM relicense_members(p_tenant, p_id, moved, p_actor); END IF;
  END IF;
  IF p_attrs IS NULL AND cardinality(moved) = 0 THEN r_outcome := 'unchanged'; RETURN NEXT; RETURN; END IF;
  UPDATE resource SET version = version + 1, modified = date_trunc('milliseconds', now()),
    attrs = coalesce(p_attrs, attrs),
    display_name_key = CASE WHEN p_attrs IS NULL THEN display_name_key ELSE p_display_name_key END,
    external_id = CASE WHEN p_attrs IS NULL THEN external_id ELSE p_external_id END
    WHERE tenant = p_tenant AND id = p_id RETURNING version INTO r_version;
  INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    VALUES (p_tenant, p_actor, 'group updated', coalesce(p_attrs, was.attrs) ->> 'displayName', p_id,
      concat_ws(', ', nullif(p_changed, ''), CASE WHEN moved <> '{}' THEN cardinality(moved) || ' members' END));
  r_outcome := 'written';
  RETURN NEXT;
END $$;
