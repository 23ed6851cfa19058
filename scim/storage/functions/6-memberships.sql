-- The groups that a member is in, and those that hold these; direct where it is a member itself. Groups may hold each other in a
-- circle: UNION takes each once.
CREATE OR REPLACE FUNCTION groups_of(p_tenant int, p_member uuid) RETURNS TABLE (id uuid, direct boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE above (id, direct) AS (
    SELECT m.group_id, true FROM membership m WHERE m.tenant = p_tenant AND m.member_id = p_member
    UNION
    SELECT m.group_id, false FROM above a JOIN membership m ON m.tenant = p_tenant AND m.member_id = a.id
  )
  SELECT a.id, bool_or(a.direct) FROM above a GROUP BY a.id
$$;
