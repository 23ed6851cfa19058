-- Who changes seats, or what they are given by, holds the lock on the tenant's row. It comes before the locks of groups and users.
CREATE OR REPLACE FUNCTION lock_licences(p_tenant int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM tenant WHERE id = p_tenant FOR NO KEY UPDATE;
END $$;

CREATE OR REPLACE FUNCTION licence_rank(p_type text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE p_type WHEN 'named' THEN 3 WHEN 'concurrent' THEN 2 WHEN 'readOnly' THEN 1 ELSE 0 END
$$;

-- Gives a seat, or a place in the queue. The caller holds the lock on the tenant's row.
CREATE OR REPLACE FUNCTION take_seat(p_tenant int, p_type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF p_type = 'none' THEN RETURN 'none'; END IF;
  UPDATE licence_pool SET used = used + 1 WHERE tenant = p_tenant AND type = p_type AND (seats IS NULL OR used < seats);
  RETURN CASE WHEN FOUND THEN 'licensed' ELSE 'waiting' END;
END $$;

-- Gives free seats of a pool to those who have waited longest, in portions that are well within the time limit of statements, and
-- returns to how many; the lower seats that they held become free. The caller holds the lock on the tenant's row.
CREATE OR REPLACE FUNCTION promote_waiting(p_tenant int, p_type text, p_actor text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  free int;
  promoted int;
BEGIN
  SELECT coalesce(seats - used, 2147483647) INTO free FROM licence_pool WHERE tenant = p_tenant AND type = p_type;
  IF free IS NULL OR free <= 0 THEN RETURN 0; END IF;
  WITH first AS (
    SELECT id, licence_held, waiting_since, seq FROM resource
    WHERE tenant = p_tenant AND licence_type = p_type AND licence_state = 'waiting'
    ORDER BY waiting_since, seq LIMIT least(free, 10000)
  ), promoted_users AS (
    UPDATE resource r SET licence_state = 'licensed', licence_held = p_type, waiting_since = NULL, version = version + 1,
      modified = date_trunc('milliseconds', now())
    FROM first WHERE r.tenant = p_tenant AND r.id = first.id
    RETURNING r.id, r.attrs ->> 'userName' AS name, first.licence_held AS held, first.waiting_since AS since, r.seq
  ), audited AS (
    INSERT INTO audit (tenant, actor, action, subject, subject_id, changed)
    SELECT p_tenant, p_actor, 'licence given', name, id, p_type FROM promoted_users ORDER BY since, seq
  ), moved AS (
    SELECT held AS type, -count(*) AS n FROM promoted_users WHERE held IS NOT NULL GROUP BY held
    UNION ALL SELECT p_type, count(*) FROM promoted_users HAVING count(*) > 0
  ), counted AS (
    UPDATE licence_pool p SET used = p.used + moved.n FROM moved WHERE p.tenant = p_tenant AND p.type = moved.type
  )
  SELECT count(*) INTO promoted FROM promoted_users;
  RETURN promoted;
END $$;

-- Gives all free seats. From the highest type down, since who is promoted leaves a seat of a lower one.
CREATE OR REPLACE FUNCTION promote_all(p_tenant int, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WHILE promote_waiting(p_tenant, 'named', p_actor) > 0 LOOP END LOOP;
  WHILE promote_waiting(p_tenant, 'concurrent', p_actor) > 0 LOOP END LOOP;
  WHILE promote_waiting(p_tenant, 'readOnly', p_actor) > 0 LOOP END LOOP;
END $$;

CREATE OR REPLACE FUNCTION free_seat(p_tenant int, p_type text, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE licence_pool SET used = used - 1 WHERE tenant = p_tenant AND type = p_type;
  PERFORM promote_all(p_tenant, p_actor);
END $$;

-- NULL: no limit. A smaller pool takes nobody's seat away; who waits for one of a larger pool is promoted next. The caller holds the
-- lock on the tenant's row.
CREATE OR REPLACE FUNCTION set_seats(p_tenant int, p_type text, p_seats int, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  was int;
BEGIN
  SELECT seats INTO was FROM licence_pool WHERE tenant = p_tenant AND type = p_type;
  IF was IS NOT DISTINCT FROM p_seats THEN RETURN; END IF;
  UPDATE licence_pool SET seats = p_seats WHERE tenant = p_tenant AND type = p_type;
  INSERT INTO audit (tenant, actor, action, subject, changed) VALUES (p_tenant, p_actor, 'seats changed', p_type,
    coalesce(was::text, 'no limit') || ' → ' || coalesce(p_seats::text, 'no limit'));
END $$;
