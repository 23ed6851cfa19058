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
