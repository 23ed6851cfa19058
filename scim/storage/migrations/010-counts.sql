-- How many resources a tenant has: the sum of its rows. A connection keeps to one row, so that writers seldom wait for each other.
CREATE TABLE resource_count (
  tenant int NOT NULL,
  type text NOT NULL,
  stripe int NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (tenant, type, stripe)
) WITH (fillfactor = 50);

INSERT INTO resource_count (tenant, type, stripe, n) SELECT tenant, type, 0, count(*) FROM resource GROUP BY tenant, type;

CREATE FUNCTION count_resources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO resource_count AS c (tenant, type, stripe, n)
    SELECT tenant, type, pg_backend_pid() % 64, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM changed GROUP BY tenant, type ORDER BY tenant, type
    ON CONFLICT (tenant, type, stripe) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE TRIGGER resource_added AFTER INSERT ON resource REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_resources();
CREATE TRIGGER resource_removed AFTER DELETE ON resource REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_resources();

-- Values that no two resources of a tenant may share.
ALTER TABLE attr_value ADD is_unique boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX attr_value_unique ON attr_value (tenant, path, value_key) WHERE is_unique;
