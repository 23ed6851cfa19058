-- Creates users that came at the same time in one transaction: the pool that they take their seats from is locked until the
-- commit is on disk, so one at a time they would be as slow as the disk. A name that is taken (r_constraint) fails its user alone.
CREATE OR REPLACE FUNCTION add_users(p_tenant int, p_users jsonb)
RETURNS TABLE (r_created timestamptz, r_type text, r_state text, r_constraint text, r_message text) LANGUAGE plpgsql AS $$
DECLARE
  u record;
BEGIN
  FOR u IN SELECT * FROM jsonb_to_recordset(p_users) AS u(id uuid, attrs jsonb, user_name text, display_name text,
      external_id text, active boolean, configuration uuid, licence_type text, "values" jsonb, actor text) LOOP
    BEGIN
      SELECT c.r_created, c.r_type, c.r_state, NULL, NULL INTO r_created, r_type, r_state, r_constraint, r_message
        FROM create_user(p_tenant, u.id, u.attrs, u.user_name, u.display_name, u.external_id, u.active, u.configuration,
          u.licence_type, u."values", u.actor) c;
    EXCEPTION WHEN unique_violation THEN
      GET STACKED DIAGNOSTICS r_constraint = CONSTRAINT_NAME, r_message = MESSAGE_TEXT;
    END;
    RETURN NEXT;
  END LOOP;
END $$;
