ALTER TABLE tenant ADD settings jsonb NOT NULL DEFAULT '{}';
