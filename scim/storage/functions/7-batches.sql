-- Creates users that came at the same time in one transaction: the pool that they take their seats from is locked until the
-- commit is on disk, so one at a time they would be as slow as the disk. A name that is taken (r_constraint) fails its user alone;
-- each is tried by itself then.
CREATE OR REPLACE FUNCTION add_users(p_tenant int, p_users jsonb)
RETURNS TABLE (r_created timestamptz, r_type text, r_state text, r_constraint text, r_message text) LANGUAGE plpgsql AS $$
DECLARE
  u jsonb;
BEGIN
  BEGIN
    RETURN QUERY SELECT c.*, NULL::text, NULL::text FROM create_users(p_tenant, p_users) c;
    RETURN;
  EXCEPTION WHEN unique_violation THEN
    GET STACKED DIAGNOSTICS r_constraint = CONSTRAINT_NAME, r_message = MESSAGE_TEXT;
  END;
  IF jsonb_array_length(p_users) = 1 THEN RETURN NEXT; RETURN; END IF;
  FOR u IN SELECT value FROM jsonb_array_elements(p_users) LOOP
    BEGIN
      SELECT c.r_created, c.r_type, c.r_state, NULL, NULL INTO r_created, r_type, r_state, r_constraint, r_message
        FROM create_users(p_tenant, jsonb_build_array(u)) c;
    EXCEPTION WHEN unique_violation THEN
      GET STACKED DIAGNOSTICS r_constraint = CONSTRAINT_NAME, r_message = MESSAGE_TEXT;
    END;
    RETURN NEXT;
  END LOOP;
END $$;
